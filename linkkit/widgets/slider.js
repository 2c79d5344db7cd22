// A range input with a name. The browser moves it by mouse, touch and keys and tells its value; at most one message is
// on its way to the kernel, which ipywidgets sees to: what is moved meanwhile is sent when the kernel has answered.
function render({ model, el }) {
  const input = document.createElement("input");
  input.type = "range";
  el.classList.add("lk-slider");
  el.append(input);

  const say = () => {
    const value = Number(input.value).toLocaleString("en", { maximumFractionDigits: 6 });
    input.setAttribute("aria-valuetext", `${value} ${model.get("unit")}`.trim());
  };
  const draw = () => {
    // Limits first: a value outside of them would be moved.
    for (const limit of ["min", "max", "step"]) input[limit] = model.get(limit);
    input.value = model.get("value");
    input.disabled = model.get("min") >= model.get("max");
    input.setAttribute("aria-label", model.get("name"));
    input.title = model.get("name");
    say();
  };
  const send = () => {
    model.set("value", Number(input.value));
    model.save_changes();
  };
  input.addEventListener("input", () => {
    say();
    if (model.get("live")) send();
  });
  input.addEventListener("change", send);
  model.on("change", draw);
  draw();
  return () => model.off("change", draw);
}

export default { render };
