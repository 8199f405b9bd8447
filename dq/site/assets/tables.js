// All tables, a table, and the parts that score them.
"use strict";

dq.scores = function (tables) {
  var some = function (name) { return tables.some(function (table) { return table[name]; }); };
  var score = function (name) {
    return function (table) {
      if (table.incomplete) return dq.h("span", { class: "warn-text" }, dq.say("score.incomplete"));
      return table[name] === null ? "" : dq.h("span", { class: "scored" }, dq.bar(table[name]));
    };
  };
  var columns = [
    [dq.say("column.head.table"), function (table) { return dq.link(dq.tableName(table.name), "table", [table.name]); }],
    [dq.say("column.head.read"), function (table) { return dq.number(table.read); }, "num"],
    [dq.say("column.head.live"), function (table) { return dq.number(table.live); }, "num"],
  ];
  if (some("deleted")) columns.push([dq.say("column.head.deleted"), function (table) { return dq.figure(table.deleted); }, "num"]);
  if (some("merged")) columns.push([dq.say("column.head.merged"), function (table) { return dq.figure(table.merged); }, "num"]);
  columns.push([dq.say("column.head.bad"), function (table) { return dq.figure(table.bad); }, "num"]);
  columns.push([dq.say("column.head.score"), score("score"), "num"]);
  if (some("money")) {
    columns.push([dq.say("column.head.score_amount"), score("scoreAmount"), "num"]);
    var cents = dq.cents(tables.map(function (table) { return table.money; }));
    columns.push([dq.say("column.head.amount"), function (table) { return dq.money(table.money, cents); }, "num"]);
  }
  return dq.table(columns, tables, dq.say("by_table"));
};

dq.origins = function (most, only) {
  var rows = dq.facts.origins.map(function (line, i) {
    return { table: line[0], origin: dq.texts.origins[i], bad: line[2], of: line[3] };
  }).filter(function (row) { return row.bad && (!only || row.table === only); }).slice(0, most);
  if (!rows.length) return null;
  return dq.section(dq.say("origins"), null, [
    dq.h("p", { class: "faint small" }, dq.say("origins_hint")),
    dq.table([
      [dq.say("origin"), function (row) { return dq.data(row.origin); }],
      [dq.say("column.head.table"), function (row) { return dq.link(dq.tableName(row.table), "table", [row.table]); }],
      [dq.say("column.head.bad"), function (row) { return dq.number(row.bad); }, "num"],
      [dq.say("of_all"), function (row) { return dq.number(row.of); }, "num"],
      [dq.say("share"), function (row) { return dq.percent(row.bad / row.of); }, "num"],
    ], rows, dq.say("origins"))]);
};

dq.worstFirst = function (tables) {
  return tables.slice().sort(function (a, b) {
    return a.score - b.score || b.bad - a.bad
      || dq.tableName(a.name).localeCompare(dq.tableName(b.name), dq.texts.language);
  });
};

dq.rooms.tables = function () {
  return { title: dq.say("tables"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("tables")),
    dq.scores(dq.worstFirst(dq.facts.tables)), dq.h("p", { class: "faint small" }, dq.say("formula"))] };
};

dq.tableFigures = function (table) {
  var score = function (share) {
    return share === null ? "" : dq.h("span", { class: share < 0.8 ? "low" : share < 0.95 ? "mid" : null }, dq.percent(share));
  };
  return dq.strip([
    [dq.say("column.head.score"), table.incomplete
      ? dq.h("span", { class: "warn-text" }, dq.say("score.incomplete")) : score(table.score)],
    [dq.say("column.head.score_amount"), table.incomplete ? "" : score(table.scoreAmount)],
    [dq.say("column.head.bad"), dq.number(table.bad)],
    [dq.say("column.head.live"), dq.number(table.live)],
    [dq.say("column.head.read"), dq.number(table.read)],
    [dq.say("column.head.deleted"), table.deleted ? dq.number(table.deleted) : ""],
    [dq.say("column.head.merged"), table.merged ? dq.number(table.merged) : ""],
    [dq.say("column.head.amount"), dq.money(table.money)],
  ]);
};

dq.rooms.table = function (names, query) {
  var table = dq.facts.tables.filter(function (one) { return one.name === names[0]; })[0];
  var groups = dq.facts.groups.map(function (_, i) { return i; })
    .filter(function (i) { return dq.facts.groups[i].table === names[0]; });
  if (!table && !groups.length) return dq.nowhere();
  var page = dq.pageOf(groups, query, dq.PAGE);
  var ended = [];
  dq.facts.rules.forEach(function (rule) {
    rule.ended.forEach(function (end) { if (end[0] === names[0]) ended.push({ code: rule.code, end: end }); });
  });
  var fed = dq.facts.inputs.filter(function (one) { return one.tables.indexOf(names[0]) >= 0; });
  return { title: dq.tableName(names[0]), body: [
    dq.trail([dq.link(dq.say("tables"), "tables")]),
    dq.h("h1", { tabindex: "-1" }, dq.tableName(names[0]),
      dq.tableName(names[0]) === names[0] ? null : [" ", dq.h("code", {}, names[0])]),
    table ? dq.tableFigures(table) : null,
    fed.length ? dq.h("p", { class: "soft small" }, dq.say("read_from") + " ",
      fed.map(function (one, i) { return [i ? ", " : "", dq.data(one.file), one.sheet ? [" · ", dq.data(one.sheet)] : ""]; })) : null,
    dq.section(dq.say("findings"), groups.length, groups.length
      ? [dq.groupList(page.items), dq.pager(groups.length, page.page, dq.PAGE, "table", names, query)]
      : dq.empty(dq.say("nothing_in_table"), "")),
    dq.origins(10, names[0]),
    dq.section(dq.say("rules"), ended.length, dq.endings(ended)),
  ] };
};
