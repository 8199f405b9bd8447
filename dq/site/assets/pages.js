// The rooms of the site. Each takes names and query of its address and gives its elements.
"use strict";

dq.rooms = {};

dq.rooms[""] = function () {
  var texts = dq.texts, facts = dq.facts;
  var worst = facts.groups.map(function (_, i) { return i; })
    .filter(function (i) { return facts.groups[i].severity !== "info"; }).slice(0, 15);
  return { title: dq.say("overview"), body: [
    dq.hero(),
    texts.refused.length ? dq.h("section", { class: "alert" }, dq.h("h2", {}, dq.say("refused")),
      dq.h("ul", {}, texts.refused.map(function (said) { return dq.h("li", {}, dq.data(said)); }))) : null,
    dq.section(dq.say("by_table"), null, dq.troubled()),
    dq.section(dq.say("worst"), null, worst.length
      ? [dq.groupList(worst), dq.h("p", {}, dq.link(dq.say("all_groups", { n: facts.groups.length }), "findings"))]
      : dq.empty(dq.say("nothing_found"), dq.say("nothing_hint"))),
    dq.origins(8),
    dq.trend(),
    dq.unjudged(),
  ] };
};

dq.hero = function () {
  var texts = dq.texts, facts = dq.facts;
  return dq.h("section", { class: "hero " + facts.outcome },
    dq.h("p", { class: "verdict" }, texts.verdict),
    dq.h("h1", { tabindex: "-1" }, texts.headline),
    dq.h("p", { class: "soft" }, dq.say("label.as_of") + ": " + texts.asOf + ". " + texts.units),
    texts.counts.length ? dq.h("p", { class: "counts" }, dq.h("span", {}, texts.causes + ":"),
      texts.counts.map(function (pair) {
        return [" ", dq.link(pair[1], "findings", [], { severity: pair[0] }, { class: "tally " + pair[0] })];
      })) : null,
    texts.since ? dq.h("p", { class: "soft" }, texts.since.charAt(0).toUpperCase() + texts.since.slice(1), " ",
      facts.since && facts.since.new ? dq.link(dq.say("see_new"), "findings", [], { only: "new" }) : null) : null,
    texts.suppressed ? dq.h("p", { class: "soft" }, texts.suppressed) : null);
};

// Tables with errors, most first; of the others only their number.
dq.troubled = function () {
  var bad = dq.facts.tables.filter(function (table) { return table.bad || table.incomplete; })
    .sort(function (a, b) { return a.score - b.score; });
  var clean = dq.facts.tables.length - bad.length;
  return [bad.length ? dq.scores(bad) : null,
    clean ? dq.h("p", {}, dq.link(dq.say("clean_tables", { n: clean }), "tables")) : null,
    dq.h("p", { class: "faint small" }, dq.say("formula"))];
};

dq.scores = function (tables) {
  var some = function (name) { return tables.some(function (table) { return table[name]; }); };
  var score = function (name) {
    return function (table) {
      if (table.incomplete) return dq.h("span", { class: "warn-text" }, dq.say("score.incomplete"));
      return table[name] === null ? "" : dq.h("span", {}, dq.bar(table[name]));
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
    columns.push([dq.say("column.head.amount"), function (table) { return dq.money(table.money); }, "num"]);
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

dq.trend = function () {
  var svg = dq.texts.charts && dq.texts.charts.trend;
  if (!svg) return null;
  return dq.section(dq.say("trend"), null, [dq.drawing(svg, dq.say("trend_label")),
    dq.h("p", {}, dq.link(dq.say("all_runs", { n: dq.facts.runs.length }), "runs"))]);
};

dq.unjudged = function () {
  var kinds = ["errored", "not_applicable", "no_evidence"].filter(function (kind) {
    return dq.rulesEnding(kind).length;
  });
  if (!kinds.length) return null;
  return dq.section(dq.say("unjudged"), null, [
    dq.h("p", { class: "faint small" }, dq.say("unjudged_hint")),
    dq.h("ul", { class: "plain-list" }, kinds.map(function (kind) {
      var codes = dq.rulesEnding(kind);
      return dq.h("li", {}, dq.link(dq.texts.outcome[kind], "rules", [], { outcome: kind }), " ",
        dq.h("span", { class: "count" }, dq.number(codes.length)));
    }))]);
};

dq.rooms.findings = function (names, query) {
  var facts = dq.facts, texts = dq.texts;
  var q = (query.q || "").toLowerCase();
  var found = facts.groups.map(function (_, i) { return i; }).filter(function (i) {
    var group = facts.groups[i];
    return (!query.severity || group.severity === query.severity)
      && (!query.table || group.table === query.table)
      && (!query.family || group.code[0] === query.family)
      && (query.only !== "new" || group.new)
      && (!q || dq.groupText(i).indexOf(q) >= 0);
  });
  var page = dq.pageOf(found, query, dq.PAGE);
  var used = function (name) {
    return facts.groups.map(function (g) { return name === "family" ? g.code[0] : g[name]; })
      .filter(function (value, i, all) { return all.indexOf(value) === i; });
  };
  var any = [["", dq.say("any")]];
  return { title: dq.say("findings"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("findings"), " ", dq.h("span", { class: "count" }, dq.number(found.length))),
    dq.h("form", { class: "filters", role: "search", onsubmit: function (event) { event.preventDefault(); } },
      dq.typed(dq.say("filter"), query, "findings", []),
      dq.select(dq.say("severity"), "severity", any.concat(["critical", "error", "warning", "info"]
        .filter(function (s) { return used("severity").indexOf(s) >= 0; })
        .map(function (s) { return [s, texts.severity[s]]; })), query, "findings", []),
      dq.select(dq.say("column.head.table"), "table", any.concat(used("table").map(function (t) { return [t, dq.tableName(t)]; })
        .sort(function (a, b) { return a[1].localeCompare(b[1], texts.language); })), query, "findings", []),
      dq.select(dq.say("family"), "family", any.concat(used("family").sort().map(function (f) { return [f, texts.families[f] || f]; })), query, "findings", []),
      facts.since ? dq.select(dq.say("since"), "only", any.concat([["new", dq.say("only_new")]]), query, "findings", []) : null),
    found.length ? dq.groupList(page.items) : dq.empty(dq.say("no_match"), dq.say("no_match_hint")),
    dq.pager(found.length, page.page, dq.PAGE, "findings", [], query),
  ] };
};

dq.groupText = function (i) {
  var group = dq.facts.groups[i];
  return (dq.texts.groups[i][0] + " " + group.code + " " + group.table + " " + (group.column || "")).toLowerCase();
};

dq.rooms.group = function (names, query) {
  var number = dq.groupPlace(names[0]);
  if (number < 0) return dq.nowhere();
  var group = dq.facts.groups[number], said = dq.texts.groups[number], rule = dq.texts.rules[group.code];
  var records = dq.h("div", { class: "records", "aria-live": "polite" }, dq.h("p", { class: "faint" }, dq.say("loading")));
  if (group.shown) {
    dq.loadRecords(group.table).then(function (shelf) {
      records.replaceChildren();
      dq.add(records, dq.records(dq.lines(shelf, number), group, query, "group", names));
      dq.restore();
    }, function () { dq.failed(records); });
  } else {
    records.replaceChildren(dq.h("p", { class: "soft" }, dq.say("about_table")));
  }
  return { title: said[0], body: [
    dq.trail([dq.link(dq.say("findings"), "findings"), dq.link(dq.tableName(group.table), "table", [group.table]),
      dq.link(group.code, "rule", [group.code])]),
    dq.h("section", {},
      dq.h("p", {}, dq.chip(group.severity), " ", dq.h("span", { class: "soft" }, rule[0])),
      dq.h("h1", { tabindex: "-1" }, said[0]),
      dq.h("p", { class: "facts" }, dq.h("code", {}, group.code), " ",
        dq.h("code", {}, group.table + (group.column ? "." + group.column : "")), " ",
        group.new ? dq.h("span", { class: "new" }, dq.say("new_here", { n: group.new })) : null, " ",
        said[1].map(function (fact) { return [dq.h("span", {}, fact), " "]; })),
      said[2] ? dq.h("p", {}, dq.h("b", {}, dq.say("page.fix") + ". "), said[2]) : null,
      rule[1] ? dq.h("p", { class: "soft" }, dq.h("b", {}, dq.say("page.why") + ". "), rule[1]) : null),
    records,
  ] };
};

dq.records = function (lines, group, query, room, names) {
  var q = (query.q || "").toLowerCase();
  var found = lines.filter(function (line) {
    return !q || (line.key + " " + (line.value || "") + " " + line.file).toLowerCase().indexOf(q) >= 0;
  });
  var page = dq.pageOf(found, query, dq.PAGE);
  var some = function (name) { return lines.some(function (line) { return line[name] !== null && line[name] !== ""; }); };
  var columns = [[dq.say("column.head.key"), function (line) {
    return line.key === null ? dq.h("span", { class: "faint" }, "–")
      : dq.link(dq.data(line.key), "record", [group.table, line.key]);
  }]];
  if (some("value")) columns.push([dq.say("column.head.value"), function (line) { return line.value === null ? "" : dq.data(line.value); }]);
  if (some("money")) columns.push([dq.say("column.head.amount"), function (line) { return line.money === null ? "" : dq.money(line.money); }, "num"]);
  if (some("file")) columns.push([dq.say("column.head.place"), dq.place]);
  var rest = group.records - group.shown;
  return dq.section(dq.say("records"), group.records, [
    lines.length > 10 ? dq.h("form", { class: "filters", role: "search", onsubmit: function (event) { event.preventDefault(); } },
      dq.typed(dq.say("filter_records"), query, room, names)) : null,
    found.length ? dq.table(columns, page.items, dq.say("records")) : dq.empty(dq.say("no_match"), ""),
    dq.pager(found.length, page.page, dq.PAGE, room, names, query),
    rest > 0 ? dq.h("p", { class: "soft" }, dq.say("rest", { n: rest }), " ",
      dq.command("dq findings --group '" + group.id.replace(/'/g, "'\\''") + "' --format xlsx --output findings.xlsx")) : null,
  ]);
};

dq.rooms.tables = function () {
  return { title: dq.say("tables"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("tables")),
    dq.scores(dq.facts.tables), dq.h("p", { class: "faint small" }, dq.say("formula"))] };
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
    dq.h("h1", { tabindex: "-1" }, dq.tableName(names[0]), " ", dq.h("code", {}, names[0])),
    table ? dq.scores([table]) : null,
    fed.length ? dq.h("p", { class: "soft small" }, dq.say("read_from") + " ",
      fed.map(function (one, i) { return [i ? ", " : "", dq.data(one.file), one.sheet ? [" · ", dq.data(one.sheet)] : ""]; })) : null,
    dq.section(dq.say("findings"), groups.length, groups.length
      ? [dq.groupList(page.items), dq.pager(groups.length, page.page, dq.PAGE, "table", names, query)]
      : dq.empty(dq.say("nothing_in_table"), "")),
    dq.origins(10, names[0]),
    dq.section(dq.say("rules"), ended.length, dq.endings(ended)),
  ] };
};

dq.endings = function (rows) {
  return dq.table([
    [dq.say("rule"), function (row) { return dq.link(row.code, "rule", [row.code]); }],
    [dq.say("what"), function (row) { return dq.texts.rules[row.code][0]; }],
    [dq.say("how_ended"), function (row) { return dq.ending(row.end); }],
    [dq.say("judged"), function (row) { return row.end[2] ? dq.number(row.end[2]) : ""; }, "num"],
    [dq.say("records"), function (row) { return row.end[4] ? dq.number(row.end[4]) : ""; }, "num"],
  ], rows, dq.say("rules"));
};

dq.ending = function (end) {
  var said = dq.h("span", { class: "ended " + end[1] }, dq.texts.outcome[end[1]]);
  return end[5] === null ? said : [said, dq.h("span", { class: "soft small block" }, dq.texts.reasons[end[5]])];
};

dq.rulesEnding = function (kind) {
  return dq.facts.rules.filter(function (rule) {
    return rule.ended.some(function (end) { return end[1] === kind; });
  });
};

dq.rooms.rules = function (names, query) {
  var q = (query.q || "").toLowerCase();
  var rules = (query.outcome ? dq.rulesEnding(query.outcome) : dq.facts.rules).filter(function (rule) {
    return !q || (rule.code + " " + dq.texts.rules[rule.code].join(" ")).toLowerCase().indexOf(q) >= 0;
  });
  var kinds = Object.keys(dq.texts.outcome).filter(function (kind) { return dq.rulesEnding(kind).length; });
  return { title: dq.say("rules"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("rules"), " ", dq.h("span", { class: "count" }, dq.number(rules.length))),
    dq.h("form", { class: "filters", role: "search", onsubmit: function (event) { event.preventDefault(); } },
      dq.typed(dq.say("filter"), query, "rules", []),
      dq.select(dq.say("how_ended"), "outcome", [["", dq.say("any")]].concat(kinds.map(function (kind) {
        return [kind, dq.texts.outcome[kind]];
      })), query, "rules", [])),
    rules.length ? dq.table([
      [dq.say("rule"), function (rule) { return dq.link(rule.code, "rule", [rule.code]); }],
      [dq.say("what"), function (rule) { return dq.texts.rules[rule.code][0]; }],
      [dq.say("family"), function (rule) { return dq.texts.families[rule.code[0]] || rule.code[0]; }],
      [dq.say("how_ended"), function (rule) { return dq.tally(rule, query.outcome); }],
      [dq.say("records"), function (rule) {
        var n = rule.ended.reduce(function (sum, end) { return sum + end[4]; }, 0);
        return n ? dq.number(n) : "";
      }, "num"],
    ], rules, dq.say("rules")) : dq.empty(dq.say("no_match"), dq.say("no_match_hint")),
  ] };
};

// How often a rule ended how; with one outcome asked for, the tables and the reasons.
dq.tally = function (rule, outcome) {
  if (outcome) {
    var reasons = {};
    rule.ended.filter(function (end) { return end[1] === outcome; }).forEach(function (end) {
      var reason = end[5] === null ? "" : dq.texts.reasons[end[5]];
      (reasons[reason] = reasons[reason] || []).push(end[0] ? dq.tableName(end[0]) : "");
    });
    return Object.keys(reasons).map(function (reason) {
      return dq.h("span", { class: "block" }, reasons[reason].filter(Boolean).join(", "),
        reason ? dq.h("span", { class: "soft small block" }, reason) : null);
    });
  }
  var counts = {};
  rule.ended.forEach(function (end) { counts[end[1]] = (counts[end[1]] || 0) + 1; });
  return Object.keys(counts).map(function (kind, i) {
    return [i ? " · " : "", dq.h("span", { class: "ended " + kind }, dq.texts.outcome[kind]),
      counts[kind] > 1 ? " × " + dq.number(counts[kind]) : ""];
  });
};

dq.rooms.rule = function (names, query) {
  var rule = dq.facts.rules.filter(function (one) { return one.code === names[0]; })[0];
  if (!rule) return dq.nowhere();
  var said = dq.texts.rules[rule.code];
  var groups = dq.facts.groups.map(function (_, i) { return i; })
    .filter(function (i) { return dq.facts.groups[i].code === rule.code; });
  var page = dq.pageOf(groups, query, dq.PAGE);
  return { title: rule.code + " · " + said[0], body: [
    dq.trail([dq.link(dq.say("rules"), "rules"), dq.texts.families[rule.code[0]] || rule.code[0]]),
    dq.h("h1", { tabindex: "-1" }, dq.h("code", {}, rule.code), " ", said[0]),
    said[1] ? dq.h("p", { class: "soft" }, dq.h("b", {}, dq.say("page.why") + ". "), said[1]) : null,
    dq.h("p", { class: "small" }, dq.command("dq explain " + rule.code)),
    dq.section(dq.say("findings"), groups.length, groups.length
      ? [dq.groupList(page.items), dq.pager(groups.length, page.page, dq.PAGE, "rule", names, query)]
      : dq.empty(dq.say("nothing_by_rule"), "")),
    dq.section(dq.say("how_ended_by_table"), null, rule.ended.length ? dq.table([
      [dq.say("column.head.table"), function (end) { return end[0] ? dq.link(dq.tableName(end[0]), "table", [end[0]]) : "–"; }],
      [dq.say("how_ended"), dq.ending],
      [dq.say("judged"), function (end) { return end[2] ? dq.number(end[2]) : ""; }, "num"],
      [dq.say("records"), function (end) { return end[4] ? dq.number(end[4]) : ""; }, "num"],
    ], rule.ended, dq.say("how_ended_by_table")) : dq.empty(dq.say("not_run"), "")),
  ] };
};

dq.rooms.record = function (names) {
  var table = names[0], key = names[1];
  var box = dq.h("div", { "aria-live": "polite" }, dq.h("p", { class: "faint" }, dq.say("loading")));
  dq.loadRecords(table).then(function (shelf) {
    var lines = dq.linesOf(shelf, key);
    box.replaceChildren();
    dq.add(box, lines.length ? [
      dq.h("p", { class: "soft small" }, dq.place(lines[0])),
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

dq.rooms.runs = function () {
  var runs = dq.facts.runs.slice().reverse();
  return { title: dq.say("runs"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("runs")),
    dq.texts.charts && dq.texts.charts.trend ? dq.drawing(dq.texts.charts.trend, dq.say("trend_label")) : null,
    runs.length ? dq.table([
      [dq.say("run"), function (run) { return dq.link(run.id, "run", [run.id]); }],
      [dq.say("made"), function (run) { return dq.moment(run.started); }],
      [dq.say("label.as_of"), function (run) { return run.asOf ? dq.moment(run.asOf) : ""; }],
      [dq.say("errors"), function (run) { return dq.number((run.totals.error || 0) + (run.totals.critical || 0)); }, "num"],
      [dq.say("warnings"), function (run) { return dq.number(run.totals.warning || 0); }, "num"],
      [dq.say("new"), function (run) { return run.new === null ? "" : dq.number(run.new); }, "num"],
      [dq.say("gone"), function (run) { return run.gone === null ? "" : dq.number(run.gone); }, "num"],
      [dq.say("column.head.score"), function (run) { return run.scores.deals === undefined || run.scores.deals === null ? "" : dq.say("deals_score", { score: dq.percent(run.scores.deals) }); }, "num"],
    ], runs, dq.say("runs")) : dq.empty(dq.say("no_runs"), ""),
  ] };
};

dq.rooms.run = function (names) {
  var facts = dq.facts, current = !names[0] || names[0] === facts.run;
  var run = facts.runs.filter(function (one) { return one.id === (names[0] || facts.run); })[0];
  if (!run && !current) return dq.nowhere();
  var head = [
    dq.trail([dq.link(dq.say("runs"), "runs")]),
    dq.h("h1", { tabindex: "-1" }, dq.say("run"), " ", dq.h("code", {}, names[0] || facts.run || "–")),
  ];
  if (run) head.push(dq.h("dl", { class: "pairs" },
    [[dq.say("made"), dq.moment(run.started)], [dq.say("label.as_of"), run.asOf ? dq.moment(run.asOf) : "–"],
      [dq.say("errors"), dq.number((run.totals.error || 0) + (run.totals.critical || 0))],
      [dq.say("warnings"), dq.number(run.totals.warning || 0)],
      [dq.say("accepted"), dq.number(run.suppressed)]].map(function (pair) {
      return [dq.h("dt", {}, pair[0]), dq.h("dd", {}, pair[1])];
    })));
  if (!current) {
    head.push(dq.table([
      [dq.say("column.head.table"), function (pair) { return dq.tableName(pair[0]); }],
      [dq.say("column.head.score"), function (pair) { return pair[1] === null ? dq.say("score.incomplete") : dq.h("span", {}, dq.bar(pair[1])); }, "num"],
    ], Object.keys(run.scores).map(function (name) { return [name, run.scores[name]]; }), dq.say("by_table")));
    head.push(dq.h("p", { class: "soft" }, dq.say("older_run"), " ", dq.command("dq diff " + run.id + " latest")));
    return { title: dq.say("run"), body: head };
  }
  return { title: dq.say("run"), body: head.concat([
    dq.section(dq.say("files"), facts.inputs.length, dq.table([
      [dq.say("column.head.file"), function (one) { return [dq.data(one.file), one.sheet ? [" · ", dq.data(one.sheet)] : ""]; }],
      [dq.say("column.head.rows"), function (one) {
        return [dq.number(one.rows), one.rows === one.kept ? null
          : dq.h("span", { class: "warn-text small block" }, dq.say("left_out", { n: one.rows - one.kept }))];
      }, "num"],
      [dq.say("column.head.columns"), function (one) { return dq.number(one.columns); }, "num"],
      [dq.say("column.head.tables"), function (one) { return dq.texts.inputs[facts.inputs.indexOf(one)] || dq.say("own_table"); }],
      ["SHA-256", function (one) { return one.sha256 ? dq.h("code", { title: one.sha256, class: "digest" }, one.sha256) : ""; }],
    ], facts.inputs, dq.say("files"))),
    dq.texts.notes.length ? dq.section(dq.say("notes"), dq.texts.notes.length,
      dq.h("ul", { class: "notes" }, dq.texts.notes.map(function (note) {
        return dq.h("li", {}, note[0] !== "info" ? [dq.chip(note[0]), " "] : null,
          note[1] ? [dq.h("b", {}, note[1]), ": "] : null, note[2]);
      }))) : null,
    dq.section(dq.say("made_with"), null, dq.h("p", { class: "soft" },
      Object.keys(facts.versions).sort().map(function (name, i) { return (i ? " · " : "") + name + " " + facts.versions[name]; }))),
  ]) };
};

dq.rooms.search = function (names, query) {
  var q = (query.q || "").trim().toLowerCase();
  var box = dq.h("div", { "aria-live": "polite" });
  if (!q) {
    dq.add(box, dq.empty(dq.say("search_hint"), ""));
  } else {
    dq.add(box, dq.h("p", { class: "faint" }, dq.say("loading")));
    dq.loadAllRecords().then(function (shelves) {
      box.replaceChildren();
      dq.add(box, dq.hits(q, shelves.filter(Boolean)));
    }, function () { dq.failed(box); });
  }
  return { title: dq.say("search"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("found_for"), " ", dq.data(query.q || "")), box] };
};

dq.hits = function (q, shelves) {
  var groups = dq.facts.groups.map(function (_, i) { return i; })
    .filter(function (i) { return dq.groupText(i).indexOf(q) >= 0; });
  var rules = dq.facts.rules.filter(function (rule) {
    return (rule.code + " " + dq.texts.rules[rule.code][0]).toLowerCase().indexOf(q) >= 0;
  });
  var tables = dq.facts.tables.filter(function (table) {
    return (table.name + " " + dq.tableName(table.name)).toLowerCase().indexOf(q) >= 0;
  });
  var records = [];
  shelves.forEach(function (shelf) {
    var seen = {};
    shelf.keys.forEach(function (key) {
      if (key.toLowerCase().indexOf(q) >= 0 && !seen[key]) { seen[key] = true; records.push({ table: shelf.table, key: key, value: "" }); }
    });
    Object.keys(shelf.lines).forEach(function (number) {
      shelf.lines[number].forEach(function (line) {
        if (line[0] === null || !line[1] || line[1].toLowerCase().indexOf(q) < 0) return;
        var key = shelf.keys[line[0]];
        if (!seen[key]) { seen[key] = true; records.push({ table: shelf.table, key: key, value: line[1] }); }
      });
    });
  });
  if (!groups.length && !rules.length && !tables.length && !records.length) {
    return dq.empty(dq.say("no_match"), dq.say("search_scope"));
  }
  records.sort(function (a, b) { return (b.key.toLowerCase() === q) - (a.key.toLowerCase() === q); });
  return [
    records.length ? dq.section(dq.say("records"), records.length, [dq.table([
      [dq.say("column.head.key"), function (hit) { return dq.link(dq.data(hit.key), "record", [hit.table, hit.key]); }],
      [dq.say("column.head.table"), function (hit) { return dq.tableName(hit.table); }],
      [dq.say("column.head.value"), function (hit) { return hit.value ? dq.data(hit.value) : ""; }],
    ], records.slice(0, 100), dq.say("records")),
      records.length > 100 ? dq.h("p", { class: "soft small" }, dq.say("first_hundred")) : null]) : null,
    tables.length ? dq.section(dq.say("tables"), tables.length, dq.h("ul", { class: "plain-list" }, tables.map(function (table) {
      return dq.h("li", {}, dq.link(dq.tableName(table.name), "table", [table.name]));
    }))) : null,
    rules.length ? dq.section(dq.say("rules"), rules.length, dq.h("ul", { class: "plain-list" }, rules.map(function (rule) {
      return dq.h("li", {}, dq.link(rule.code + " · " + dq.texts.rules[rule.code][0], "rule", [rule.code]));
    }))) : null,
    groups.length ? dq.section(dq.say("findings"), groups.length, [dq.groupList(groups.slice(0, dq.PAGE)),
      groups.length > dq.PAGE ? dq.h("p", {}, dq.link(dq.say("all_groups", { n: groups.length }), "findings", [], { q: q })) : null]) : null,
  ];
};

dq.nowhere = function () {
  return { title: dq.say("nowhere"), body: [dq.h("h1", { tabindex: "-1" }, dq.say("nowhere")),
    dq.empty(dq.say("nowhere_hint"), ""), dq.h("p", {}, dq.link(dq.say("overview"), ""))] };
};

dq.failed = function (box) {
  box.replaceChildren();
  dq.add(box, dq.empty(dq.say("not_loaded"), dq.say("not_loaded_hint")));
};
