// All runs, and a run with its files.
"use strict";

dq.rooms.runs = function () {
  var runs = dq.facts.runs.slice().reverse();
  return { title: dq.say("runs"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("runs")),
    dq.texts.charts && dq.texts.charts.trend ? dq.drawing(dq.texts.charts.trend, dq.say("trend_label")) : null,
    runs.length ? dq.table([
      [dq.say("made"), function (run) { return dq.link(dq.moment(run.started), "run", [run.id]); }],
      [dq.say("label.as_of"), function (run) { return run.asOf ? dq.moment(run.asOf) : ""; }],
      [dq.say("errors"), function (run) { return dq.number((run.totals.error || 0) + (run.totals.critical || 0)); }, "num"],
      [dq.say("warnings"), function (run) { return dq.number(run.totals.warning || 0); }, "num"],
      [dq.say("new"), function (run) { return run.new === null ? "" : dq.number(run.new); }, "num"],
      [dq.say("gone"), function (run) { return run.gone === null ? "" : dq.number(run.gone); }, "num"],
      [dq.say("column.head.score"), function (run) { return run.scores.deals === undefined || run.scores.deals === null ? "" : dq.say("deals_score", { score: dq.percent(run.scores.deals) }); }, "num"],
      [dq.say("run"), function (run) { return dq.h("code", {}, run.id); }],
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
  if (run) head.push(dq.strip([[dq.say("made"), dq.moment(run.started)], [dq.say("label.as_of"), run.asOf ? dq.moment(run.asOf) : "–"],
      [dq.say("errors"), dq.number((run.totals.error || 0) + (run.totals.critical || 0))],
      [dq.say("warnings"), dq.number(run.totals.warning || 0)],
      [dq.say("accepted"), dq.number(run.suppressed)]]));
  if (!current) {
    head.push(dq.table([
      [dq.say("column.head.table"), function (pair) { return dq.tableName(pair[0]); }],
      [dq.say("column.head.score"), function (pair) { return pair[1] === null ? dq.say("score.incomplete") : dq.h("span", { class: "scored" }, dq.bar(pair[1])); }, "num"],
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
