// A place to drop files on. Files go to the kernel in slices, one after the other: a message may not be larger than the
// server's limit, and the kernel answers each slice before the next is sent.
const SLICE = 2 * 1024 * 1024;

function render({ model, el }) {
  el.classList.add("lk-drop");
  const zone = document.createElement("label");
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.setAttribute("aria-label", "Choose files to read");
  const text = document.createElement("span");
  const note = document.createElement("small");
  text.innerText = "Drop files here, or click to choose";
  zone.append(text, note, input);
  el.append(zone);

  let answered = () => {};
  const heard = (message) => answered(message);
  model.on("msg:custom", heard);

  async function send(files) {
    const names = [];
    for (const file of files) {
      for (let start = 0, first = true; first || start < file.size; start += SLICE, first = false) {
        note.innerText = `Taking ${file.name} over: ${Math.round((100 * start) / Math.max(file.size, 1))} %`;
        const slice = await file.slice(start, start + SLICE).arrayBuffer();
        const answer = new Promise((resolve) => { answered = resolve; });
        model.send({ kind: "slice", name: file.name, start }, undefined, [new DataView(slice)]);
        await answer;
      }
      names.push(file.name);
    }
    note.innerText = "";
    if (names.length) model.send({ kind: "done", names });
  }

  input.addEventListener("change", () => { send([...input.files]); input.value = ""; });
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); event.stopPropagation(); zone.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    zone.addEventListener(kind, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    send([...event.dataTransfer.files]);
  });
  return () => model.off("msg:custom", heard);
}

export default { render };
