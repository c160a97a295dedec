'use strict';
/* global vega, vegaInterpreter */
// What the page does beyond showing itself: live charts with tooltips and highlights, tables that sort.
(() => {
  const specs = JSON.parse(document.getElementById('chart-specs').textContent);
  const tip = document.body.appendChild(document.createElement('div'));
  tip.id = 'tip';
  tip.hidden = true;
  tip.setAttribute('role', 'status');

  function showTip(event, value) {
    const list = document.createElement('dl');
    for (const [name, text] of Object.entries(value)) {
      list.appendChild(document.createElement('dt')).textContent = name;
      list.appendChild(document.createElement('dd')).textContent = text;
    }
    tip.replaceChildren(list);
    tip.hidden = false;
    const box = tip.getBoundingClientRect(), room = 12;
    tip.style.left = `${Math.max(room, Math.min(event.clientX + room, innerWidth - box.width - room))}px`;
    tip.style.top = `${event.clientY + room + box.height > innerHeight ? Math.max(0, event.clientY - room - box.height) : event.clientY + room}px`;
  }

  function onTooltip(handler, event, item, value) {
    if (value === null || value === undefined || value === '' || typeof value !== 'object') tip.hidden = true;
    else showTip(event, value);
  }

  const views = new Map();

  /** Replaces the drawn picture by a live one of the same size. A failure leaves the drawn one in place. */
  function enliven(picture) {
    const name = picture.dataset.chart;
    if (!views.has(name)) views.set(name, start(picture, name).catch(() => null));
    return views.get(name);
  }

  async function start(picture, name) {
    const live = document.createElement('div');
    const view = new vega.View(vega.parse(specs[name], undefined, { ast: true }), { renderer: 'svg', expr: vegaInterpreter, hover: true, logLevel: vega.Error, tooltip: onTooltip });
    await view.initialize(live).runAsync();
    picture.replaceChildren(live);
    picture.dataset.live = '';
    return view;
  }

  const pictures = [...document.querySelectorAll('.picture[data-chart]')];
  const nearing = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      nearing.unobserve(target);
      enliven(target);
    }
  }, { rootMargin: '100px' });
  for (const picture of pictures) {
    nearing.observe(picture);
    picture.addEventListener('pointerleave', () => { tip.hidden = true; });
  }

  for (const choices of document.querySelectorAll('.choices')) {
    const select = choices.querySelector('select'), picture = pictures.find((each) => each.dataset.chart === choices.dataset.chart);
    choices.hidden = false;
    select.addEventListener('change', async () => {
      const view = await enliven(picture);
      if (view !== null) await view.signal(choices.dataset.signal, Number(select.value)).runAsync();
    });
  }

  /** A number where the cell begins with one (`−1,234.5 %`, `< 0.0001`, `0.1 to 0.2`), its text otherwise. */
  function sortKey(row, index) {
    const text = row.cells[index].textContent.trim();
    const number = Number.parseFloat(text.replace(/^< /, '').replace(/^\+/, '').replace(/,(?=\d{3})/g, '').replace('−', '-'));
    return /^(?:< )?[−+-]?\d/.test(text) && Number.isFinite(number) ? number : text === '–' ? Infinity : text.replace(/^[^\p{L}\p{N}]+/u, '').toLowerCase();
  }

  function compare(a, b) {
    if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
    return typeof a === 'number' ? -1 : 1;
  }

  function sortTable(table, header, index) {
    const direction = header.getAttribute('aria-sort') === 'ascending' ? -1 : 1, body = table.tBodies[0];
    const keyed = [...body.rows].map((row) => ({ row, key: sortKey(row, index) })).sort((a, b) => direction * compare(a.key, b.key));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending');
    body.append(...keyed.map(({ row }) => row));
  }

  for (const table of document.querySelectorAll('table.sortable')) {
    for (const [index, header] of [...table.tHead.rows[0].cells].entries()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener('click', () => sortTable(table, header, index));
    }
  }
})();
