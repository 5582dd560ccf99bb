// Sort buttons in table heads, and folded parts open in print if asked for. The page is complete without this.
(() => {
  "use strict";
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key === undefined ? cell.textContent : Number(cell.dataset.key);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en"));
  const sort = (head, column) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows].sort((a, b) => (up ? 1 : -1) * compare(key(a, column), key(b, column)));
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    body.append(...rows);
  };
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(head, column));
      head.append(button);
    });
  }
  // On paper only what is open is printed; with ?print=all or the box at the foot of the page, everything.
  const all = document.createElement("input");
  all.type = "checkbox";
  all.checked = new URLSearchParams(location.search).get("print") === "all";
  const label = document.createElement("label");
  label.append(all, " Print the folded parts too");
  document.querySelector(".tools").append(label);
  let folded = [];
  addEventListener("beforeprint", () => {
    if (!all.checked) return;
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
    folded = [];
  });
})();
