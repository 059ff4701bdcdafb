"use strict";
// Sorts the table by a click on a heading, and shows only the clips whose text holds what is typed.
(() => {
  const table = document.querySelector("table.clips");
  if (!table) return;
  document.documentElement.classList.add("js");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const search = document.querySelector("#search");
  const order = document.querySelector("#order");
  const found = document.querySelector("#found");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const value = (row, column) => row.cells[column].dataset.v ?? "";
  const compare = (a, b) =>
    a !== "" && b !== "" && !Number.isNaN(Number(a)) && !Number.isNaN(Number(b))
      ? Number(a) - Number(b)
      : a.localeCompare(b, undefined, { numeric: true });

  function sort(column, down) {
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    order.value = `${column} ${down ? 1 : 0}`;
    const sorted = [...rows].sort((a, b) => {
      const one = value(a, column), other = value(b, column);
      if ((one === "") !== (other === "")) return one === "" ? 1 : -1; // what has no value comes last
      return (down ? -1 : 1) * compare(one, other);
    });
    body.append(...sorted);
  }

  heads.forEach((head, column) => {
    const first = head.dataset.first === "down";
    head.querySelector("button").addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(column, now ? now === "ascending" : first);
    });
  });
  order.addEventListener("change", () => {
    const [column, down] = order.value.split(" ").map(Number);
    sort(column, Boolean(down));
  });
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !wanted.every((word) => texts.get(row).includes(word));
      shown += row.hidden ? 0 : 1;
    }
    found.textContent = search.value.trim() ? `${shown} of ${rows.length} shown` : "";
  });
})();
