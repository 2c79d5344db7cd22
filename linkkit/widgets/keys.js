// JupyterLab takes keys for itself unless what has the focus forbids it, and asks for that while the key goes down. Here
// keys that belong to a control are kept for it; those with Ctrl, Alt or Cmd, and Shift+Enter, stay JupyterLab's.
const FORBIDS = "data-lm-suppress-shortcuts";
const KNOWN = Symbol.for("linkkit.keys");

function keep(event) {
  const focused = event.target;
  if (!focused.closest?.(".lk-live")) return;
  const isLabs = event.ctrlKey || event.altKey || event.metaKey || (event.shiftKey && event.key === "Enter");
  focused.toggleAttribute(FORBIDS, !isLabs);
}

function initialize() {
  // Once a page, however many kernels it shows; on the window, which hears keys before JupyterLab does.
  if (window[KNOWN]) return;
  window[KNOWN] = true;
  window.addEventListener("keydown", keep, { capture: true });
}

export default { initialize };
