"""Bounded pieces of the link graph as pictures: drawn by pyvis, safe to show, with their tables beside them."""

from linkkit.network.clusters import cluster_map, cluster_network
from linkkit.network.ego import ego_network
from linkkit.network.journey import authority_journey
from linkkit.network.lost import orphan_map
from linkkit.network.picture import MAX_EDGES, MAX_NODES, Picture
from linkkit.network.rings import depth_rings
from linkkit.network.sigma import SIGMA_EDGES, SIGMA_NODES, sigma_graph, sigma_view
from linkkit.network.tree import section_tree
from linkkit.network.visits import visitor_flow

__all__ = [
    "MAX_EDGES",
    "MAX_NODES",
    "SIGMA_EDGES",
    "SIGMA_NODES",
    "Picture",
    "authority_journey",
    "cluster_map",
    "cluster_network",
    "depth_rings",
    "ego_network",
    "orphan_map",
    "section_tree",
    "sigma_graph",
    "sigma_view",
    "visitor_flow",
]
