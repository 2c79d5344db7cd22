"""Names of the environment variables by which one part of linkkit tells another, in another process, what is wanted."""

HEADLESS = "LINKKIT_HEADLESS"
"""Set where notebooks run unattended."""
CLIENT, CLIENTS = "LINKKIT_CLIENT", "LINKKIT_CLIENTS"
"""Whose the dashboard is: name of the client's folder, and the folder of all clients."""
