// Records: those of a cause, and one with all that was found on it.
"use strict";

dq.records = function (lines, group, query, room, names) {
  var q = (query.q || "").toLowerCase();
  var found = lines.filter(function (line) {
    return !q || (line.key + " " + (line.value || "") + " " + line.file).toLowerCase().indexOf(q) >= 0;
  });
  var page = dq.pageOf(found, query, dq.PAGE);
  var some = function (name) { return lines.some(function (line) { return line[name] !== null && line[name] !== ""; }); };
  var cents = dq.cents(lines.map(function (line) { return line.money; }));
  var columns = [[dq.say("column.head.key"), function (line) {
    return line.key === null ? dq.h("span", { class: "faint" }, "–")
      : dq.link(dq.data(line.key), "record", [group.table, line.key]);
  }]];
  if (some("value")) columns.push([dq.say("column.head.value"), function (line) { return line.value === null ? "" : dq.data(line.value); }]);
  if (some("money")) columns.push([dq.say("column.head.amount"), function (line) { return line.money === null ? "" : dq.money(line.money, cents); }, "num"]);
  if (some("file")) columns.push([dq.say("column.head.place"), dq.place]);
  var rest = group.records - group.shown;
  return dq.section(dq.say("records"), group.records, [
    lines.length > 10 ? dq.filters(
      dq.typed(dq.say("filter_records"), query, room, names)) : null,
    found.length ? dq.table(columns, page.items, dq.say("records")) : dq.empty(dq.say("no_match"), ""),
    dq.pager(found.length, page.page, dq.PAGE, room, names, query),
    rest > 0 ? dq.h("p", { class: "soft" }, dq.say("rest", { n: rest }), " ",
      dq.command("dq findings --group '" + group.id.replace(/'/g, "'\\''") + "' --format xlsx --output findings.xlsx")) : null,
  ]);
};

dq.rooms.record = function (names) {
  var table = names[0], key = names[1];
  var box = dq.h("div", { "aria-live": "polite" }, dq.h("p", { class: "faint" }, dq.say("loading")));
  dq.loadRecords(table).then(function (shelf) {
    var lines = dq.linesOf(shelf, key);
    box.replaceChildren();
    dq.add(box, lines.length ? [
      dq.h("p", { class: "soft small gap" }, dq.place(lines[0])),
      dq.section(dq.say("findings"), lines.length, dq.h("ul", { class: "lines" }, lines.map(function (line) {
        var item = dq.groupLine(line.group);
        if (line.value !== null) dq.add(item, dq.h("p", { class: "cell" }, dq.say("column.head.value") + ": ", dq.data(line.value)));
        return item;
      })))] : dq.empty(dq.say("no_record"), dq.say("no_record_hint")));
  }, function () { dq.failed(box); });
  return { title: key, body: [
    dq.trail([dq.link(dq.say("tables"), "tables"), dq.link(dq.tableName(table), "table", [table])]),
    dq.h("h1", { tabindex: "-1" }, dq.data(key)), box,
    dq.h("p", { class: "small soft" }, dq.say("whole_record"), " ", dq.command("dq show " + table + " " + dq.quoted(key))),
  ] };
};

dq.quoted = function (text) { return /^[\w.-]+$/.test(text) ? text : "'" + text.replace(/'/g, "'\\''") + "'"; };
