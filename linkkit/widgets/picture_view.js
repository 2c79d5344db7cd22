// A network picture in a sandboxed frame. The frame may tell one thing: the number of the node that was clicked.
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.style.cssText = "width:100%;border:0";
  const draw = () => {
    frame.title = model.get("name");
    frame.style.height = `${model.get("height") + 12}px`;
    frame.srcdoc = model.get("page");
  };
  const hear = (event) => {
    const node = event.data && event.data.linkkitNode;
    if (event.source === frame.contentWindow && Number.isInteger(node)) model.send({ node });
  };
  window.addEventListener("message", hear);
  model.on("change:page", draw);
  draw();
  el.append(frame);
  return () => {
    window.removeEventListener("message", hear);
    model.off("change:page", draw);
  };
}

export default { render };
