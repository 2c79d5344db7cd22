"use strict";
// Filters and sorts tables of more than a handful of rows. The page is whole without it; it reads nothing but the page.
(() => {
  const words = document.currentScript.dataset;
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.order === undefined ? cell.textContent : Number(cell.dataset.order);
  };
  const compare = (one, other) => {
    if (typeof one === "number" && typeof other === "number") return one - other;
    if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
    return one.localeCompare(other, document.documentElement.lang, { numeric: true });
  };
  for (const table of document.querySelectorAll("main table")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length < 6) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      // Not a button element: Chromium does not repeat a heading that holds one on the next printed page.
      const button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        button.click();
      });
      button.addEventListener("click", () => {
        const falls = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", falls ? "descending" : "ascending");
        rows.sort((one, other) => compare(value(one, column), value(other, column)) * (falls ? -1 : 1));
        body.append(...rows);
      });
    });
    if (rows.length < 12 || table.closest("details")) continue;
    const box = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("output");
    box.className = "find";
    input.type = "search";
    label.append(words.filter, " ", input);
    box.append(label, count);
    table.closest(".scroll").before(box);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        if (!row.hidden) shown += 1;
      }
      const number = (each) => each.toLocaleString(document.documentElement.lang);
      const filled = words.matching.replace("{shown}", number(shown)).replace("{total}", number(rows.length));
      count.textContent = wanted ? filled : "";
    });
  }
})();
