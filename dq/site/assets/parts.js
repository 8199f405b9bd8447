// Parts that several pages share: links, lists of groups, filters, paging, tables.
"use strict";

dq.PAGE = 50;

// The rooms of the site, by the first name of an address. Each takes the other names and the query
// and gives its title and its elements.
dq.rooms = {};

// A link into the site: room, names, query.
dq.href = function (room, names, query) {
  var path = [room].concat(names || []).map(encodeURIComponent).join("/");
  var asked = Object.keys(query || {}).filter(function (name) { return query[name]; })
    .map(function (name) { return name + "=" + encodeURIComponent(query[name]); }).join("&");
  return "#/" + path + (asked ? "?" + asked : "");
};

dq.link = function (words, room, names, query, attributes) {
  return dq.h("a", Object.assign({ href: dq.href(room, names, query) }, attributes || {}), words);
};

dq.trail = function (parts) {
  return dq.h("nav", { class: "trail", "aria-label": dq.say("trail") },
    dq.h("ol", {}, parts.map(function (part) { return dq.h("li", {}, part); })));
};

dq.section = function (title, count, children) {
  return dq.h("section", {},
    title && dq.h("h2", {}, title,
      count === null ? null : [" ", dq.h("span", { class: "count" }, dq.number(count))]),
    children);
};

dq.empty = function (words, hint) {
  return dq.h("div", { class: "empty" }, dq.h("p", {}, words), hint && dq.h("p", { class: "soft small" }, hint));
};

dq.command = function (text) { return dq.h("code", { class: "command" }, text); };

// A group as a line that leads to its page.
dq.groupLine = function (number) {
  var group = dq.facts.groups[number], said = dq.texts.groups[number];
  var place = group.table + (group.column ? "." + group.column : "");
  return dq.h("li", { class: "line" },
    dq.h("a", { class: "group-link", href: dq.href("group", [group.id]) },
      dq.chip(group.severity),
      dq.h("span", { class: "says" },
        dq.h("span", { class: "sentence" }, said[0]),
        dq.h("span", { class: "facts" },
          dq.h("code", {}, group.code), " ", dq.h("code", {}, place), " ",
          group.new ? dq.h("span", { class: "new" }, dq.say("new_here", { n: group.new })) : null, " ",
          said[1].map(function (fact) { return [dq.h("span", {}, fact), " "]; })))));
};

dq.groupList = function (numbers) {
  return dq.h("ul", { class: "lines" }, numbers.map(dq.groupLine));
};

// Pages of a list: links that keep the query.
dq.pager = function (total, page, size, room, names, query) {
  var pages = Math.max(1, Math.ceil(total / size));
  if (pages === 1) return null;
  var to = function (number) { return Object.assign({}, query, { page: number === 1 ? "" : String(number) }); };
  var first = (page - 1) * size + 1, last = Math.min(total, page * size);
  return dq.h("nav", { class: "pager", "aria-label": dq.say("pages") },
    page > 1 ? dq.link(dq.say("previous"), room, names, to(page - 1), { rel: "prev" })
      : dq.h("span", { class: "faint" }, dq.say("previous")),
    dq.h("span", { class: "where" },
      dq.say("shown_of", { from: first, to: last, total: total })),
    page < pages ? dq.link(dq.say("next"), room, names, to(page + 1), { rel: "next" })
      : dq.h("span", { class: "faint" }, dq.say("next")));
};

dq.pageOf = function (list, query, size) {
  var pages = Math.max(1, Math.ceil(list.length / size));
  var page = Math.min(pages, Math.max(1, parseInt(query.page, 10) || 1));
  return { page: page, items: list.slice((page - 1) * size, page * size) };
};

// Fields that narrow a list; there is nothing to send.
dq.filters = function () {
  return dq.h("form", { class: "filters", role: "search", onsubmit: function (event) { event.preventDefault(); } },
    Array.from(arguments));
};

// A select that changes one word of the query.
dq.select = function (label, name, choices, query, room, names) {
  var select = dq.h("select", {
    id: "filter-" + name,
    onchange: function () {
      var change = {};
      change[name] = select.value;
      location.hash = dq.href(room, names, Object.assign({}, query, { page: "" }, change)).slice(1);
    },
  }, choices.map(function (choice) {
    return dq.h("option", { value: choice[0], selected: (query[name] || "") === choice[0] }, choice[1]);
  }));
  return dq.h("label", { class: "filter" }, dq.h("span", {}, label), select);
};

// A text that filters as it is typed; the page is drawn again and the caret stays.
dq.typed = function (label, query, room, names) {
  var input = dq.h("input", {
    type: "search", id: "filter-q", value: query.q || "", autocomplete: "off", spellcheck: "false",
    oninput: function () {
      window.clearTimeout(dq.typing);
      dq.typing = window.setTimeout(function () {
        var asked = Object.assign({}, query, { q: input.value, page: "" });
        history.replaceState(null, "", dq.href(room, names, asked));
        dq.draw("filter-q");
      }, 150);
    },
  });
  return dq.h("label", { class: "filter grow" }, dq.h("span", {}, label), input);
};

// Figures of one thing, side by side: [words, figure], those without a figure left out.
dq.strip = function (pairs) {
  return dq.h("dl", { class: "strip" }, pairs.filter(function (pair) {
    return pair[1] !== "" && pair[1] !== null;
  }).map(function (pair) {
    return dq.h("div", {}, dq.h("dt", {}, pair[0]), dq.h("dd", {}, pair[1]));
  }));
};

// Columns: [head, cell(row), kind]; kind "num" aligns figures.
dq.table = function (columns, rows, name) {
  return dq.h("div", { class: "wide", role: "region", tabindex: "0", "aria-label": name },
    dq.h("table", { class: "cards" },
      dq.h("thead", {}, dq.h("tr", {}, columns.map(function (column) {
        return dq.h("th", { scope: "col", class: column[2] || null }, column[0]);
      }))),
      dq.h("tbody", {}, rows.map(function (row) {
        return dq.h("tr", {}, columns.map(function (column, i) {
          var cell = column[1](row);
          var blank = cell === "" || cell === null || cell === undefined
            || Boolean(cell.classList && cell.classList.contains("nought"));
          return i === 0
            ? dq.h("th", { scope: "row" }, cell)
            : dq.h("td", { class: ((column[2] || "") + (blank ? " none" : "")).trim() || null,
              "data-label": column[0] }, dq.h("span", {}, cell));
        }));
      }))));
};

dq.place = function (line) {
  if (!line.file) return "";
  var row = line.row === null ? "" : line.sheet
    ? dq.say("example.sheet_row", { sheet: line.sheet, row: String(line.row) })
    : dq.say("example.row", { row: String(line.row) });
  return [dq.data(line.file), row ? ", " + row : ""];
};

dq.drawing = function (svg, label) {
  var parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (parsed.nodeName !== "svg") return null;
  var drawn = document.importNode(parsed, true);
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", label);
  drawn.removeAttribute("height");
  return dq.h("div", { class: "chart" }, drawn);
};

dq.nowhere = function () {
  return { title: dq.say("nowhere"), body: [dq.h("h1", { tabindex: "-1" }, dq.say("nowhere")),
    dq.empty(dq.say("nowhere_hint"), ""), dq.h("p", {}, dq.link(dq.say("overview"), ""))] };
};

dq.failed = function (box) {
  box.replaceChildren();
  dq.add(box, dq.empty(dq.say("not_loaded"), dq.say("not_loaded_hint")));
};
