// A term: what it means by department and by date, who decided it, where departments differ.
"use strict";

dq.rooms.term = function (names) {
  return dq.inGlossary(function () {
    var term = dq.termNamed(names[0]);
    if (!term) return dq.nowhere();
    var label = dq.label(term);
    return { title: label, body: [
      dq.trail([dq.link(dq.say("glossary"), "glossary"), dq.word("glossary.kind", term.kind)]),
      dq.h("section", {},
        dq.h("h1", { tabindex: "-1" }, dq.data(label), " ", label === term.name ? null : dq.h("code", {}, term.name)),
        dq.also(term, label),
        dq.strip([
          [dq.say("family"), dq.word("glossary.kind", term.kind)],
          [dq.say("column.head.table"), term.of ? dq.tableLink(term.of) : ""],
          [dq.say("unit"), term.unit ? dq.data(term.unit) : ""],
          [dq.say("steward"), term.steward ? dq.data(term.steward) : dq.h("span", { class: "warn-text" }, dq.say("glossary.nobody"))],
          [dq.say("status"), dq.statusChips(term.statuses)]])),
      dq.definitions(term),
      dq.differences(term),
      dq.incomparable(term),
      dq.glossaryFindings(term.findings),
      dq.uses(term),
    ] };
  });
};

dq.also = function (term, label) {
  var others = dq.spoken(term.label).concat(term.synonyms).filter(function (word, i, all) {
    return word !== label && all.indexOf(word) === i;
  });
  return others.length ? dq.h("p", { class: "soft" }, dq.say("also_called") + ": ",
    others.map(function (word, i) { return [i ? ", " : "", dq.data(word)]; })) : null;
};

dq.tableLink = function (name) {
  var there = dq.facts.tables.some(function (table) { return table.name === name; });
  return there ? dq.link(dq.tableName(name), "table", [name]) : dq.tableName(name);
};

// --- definitions ---------------------------------------------------------------------

dq.definitions = function (term) {
  var sides = term.sides.filter(function (side) { return side.versions.length; });
  var alone = sides.length < 2;
  return dq.section(dq.say("definitions"), null, [sides.map(function (side) {
    var of = dq.glossary.departments.filter(function (one) { return one.name === side.department; })[0];
    return dq.h("div", { class: "side" },
      alone ? null : dq.h("h3", {}, dq.data(dq.firstUp(dq.whose(side.department))),
        of && of.model ? [" ", dq.h("span", { class: "soft small" }, "· ", dq.data(of.model))] : null),
      dq.h("ol", { class: "versions" }, side.versions.map(function (version) {
        return dq.version(term, version);
      })));
  }), alone ? null : dq.h("p", { class: "faint small" }, dq.say("others_follow"))]);
};

dq.version = function (term, version) {
  var calm = version.state === "now" || version.state === "later";
  return dq.h("li", { class: "version " + version.state },
    dq.h("p", { class: "when" }, dq.h("b", {}, dq.span(version)), " ", dq.stateChip(version)),
    version.text ? [
      dq.h("p", { class: calm ? "means" : "means soft" }, dq.data(dq.inLanguage(version.text.means))),
      dq.changed(version.text),
      dq.sql(version.text)] : null,
    dq.decisions(version, term.name),
    dq.waits(term, version));
};

dq.span = function (version) {
  var from = dq.moment(version.effective);
  return version.until ? from + " – " + dq.moment(version.until) : dq.say("since_day", { day: from });
};

dq.stateChip = function (version) {
  var words = { now: dq.say("state_now"), past: dq.say("state_past"), later: dq.say("state_later"), unused: dq.say("state_unused") };
  var looks = { now: "good", past: "plain", later: "info", unused: "warning" };
  return [dq.h("span", { class: "chip " + looks[version.state] }, words[version.state]), " ",
    version.approved || version.state === "unused" ? null
      : dq.h("span", { class: "chip warning" }, dq.say("nobody_approved"))];
};

dq.changed = function (text) {
  var change = dq.inLanguage(text.change);
  return change ? dq.h("p", { class: "small" }, dq.h("span", { class: "soft" }, dq.say("what_changed") + ": "), dq.data(change)) : null;
};

// The definition as it is computed; names are those of glossary.yaml.
dq.sql = function (text) {
  var lines = [["expr", text.expr], ["where", text.where], ["time", text.time]].filter(function (line) { return line[1]; });
  var parts = lines.map(function (line) { return [line[0], dq.h("code", { class: "sql" }, line[1])]; });
  [["numerator", text.numerator], ["denominator", text.denominator]].forEach(function (line) {
    if (line[1]) parts.push([line[0], dq.termLinks([line[1]])]);
  });
  if (text.expr && text.additive_over !== "all") {
    parts.push(["additive_over", dq.h("code", { class: "sql" }, text.additive_over.join(", ") || "–")]);
  }
  return parts.length ? dq.h("dl", { class: "formula" }, parts.map(function (part) {
    return dq.h("div", {}, dq.h("dt", {}, part[0]), dq.h("dd", {}, part[1]));
  })) : null;
};

// --- who decided ---------------------------------------------------------------------

dq.decisions = function (of, subject) {
  if (!of) return null;
  var lines = [of.asked && dq.step(dq.say("proposed"), of.asked), of.approved && dq.step(dq.say("approved"), of.approved)];
  if (of.rewritten) lines.push(dq.h("li", { class: "warn-text" }, dq.say("rewritten")));
  if (!of.approved && of.proposed) lines.push(dq.step(dq.say("proposed"), of.proposed), dq.h("li", { class: "warn-text" }, dq.say("waits_for_another")));
  if (!of.approved && !of.proposed) {
    lines.push(dq.h("li", { class: "soft" }, dq.say("nobody_proposed"), " ", dq.command("dq glossary propose " + dq.quoted(subject))));
  }
  return dq.h("ul", { class: "decisions" }, lines);
};

dq.step = function (word, step) {
  return dq.h("li", {}, dq.h("span", { class: "soft" }, word + ": "), dq.h("b", {}, dq.data(step.by)), ", ",
    dq.moment(step.at.slice(0, 10)), step.alone ? [" · ", dq.h("span", { class: "warn-text" }, dq.say("glossary.alone"))] : null,
    dq.h("span", { class: "block" }, dq.data(dq.say("because", { text: step.because }))),
    dq.h("span", { class: "block vouched " + step.standing }, dq.vouched(step), " · ",
      dq.say("entry_number", { number: String(step.entry) })));
};

dq.vouched = function (step) {
  if (step.standing === "typed") return dq.data(dq.say("by_typed", { host: step.host, user: step.user }));
  if (step.standing === "damaged") return dq.say("by_nothing");
  var key = dq.h("code", { title: step.key }, dq.shortKey(step.key));
  var said = { approved: dq.say("by_key"), unapproved: dq.say("by_unapproved"), revoked: dq.say("by_revoked"), "false": dq.say("by_false") };
  return [said[step.standing], " ", key];
};

dq.shortKey = function (fingerprint) {
  return fingerprint.replace("sha256:", "").slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ");
};

// A text of the file, or its absence, that waits while the approved one counts.
dq.waits = function (term, version) {
  if (version.status === "approved" || !version.approved) return null;
  return dq.h("div", { class: "waits" },
    dq.h("p", {}, dq.h("span", { class: "chip warning" }, dq.say("state_unused")), " ",
      version.next ? dq.say("newer_text") : dq.say("glossary.taken_out")),
    version.next ? [dq.h("p", { class: "means" }, dq.data(dq.inLanguage(version.next.means))), dq.changed(version.next), dq.sql(version.next)] : null,
    dq.h("ul", { class: "decisions" }, version.proposed
      ? [dq.step(dq.say("proposed"), version.proposed), dq.h("li", { class: "warn-text" }, dq.say("waits_for_another"))]
      : dq.h("li", { class: "soft" }, dq.say("nobody_proposed"), " ", dq.command("dq glossary propose " + dq.quoted(term.name)))));
};

// --- where departments differ --------------------------------------------------------

dq.differences = function (term) {
  var found = dq.glossary.conflicts.filter(function (one) { return one.term === term.name; });
  return found.length ? dq.section(dq.say("differ"), null, found.map(dq.conflict)) : null;
};

dq.conflict = function (conflict) {
  var a = dq.whose(conflict.a.department), b = dq.whose(conflict.b.department);
  var relation = function (name) { return dq.word("relation", name, { a: a, b: b }); };
  var measured = conflict.measured;
  return dq.h("div", { class: "conflict" },
    dq.h("h3", {}, dq.data(dq.firstUp(relation(conflict.relation)))),
    dq.h("p", { class: "soft small" }, dq.word("relation.by", conflict.method), "; ",
      dq.say("defined_since", { a: dq.moment(conflict.a.effective), b: dq.moment(conflict.b.effective) })),
    measured && conflict.method === "proved" && measured.relation !== conflict.relation
      ? dq.h("p", {}, dq.data(dq.say("relation.in_data", { said: relation(measured.relation) }))) : null,
    conflict.differs.length ? dq.h("p", {}, dq.say("compare.differs", { parts: conflict.differs.join(", ") })) : null,
    measured ? dq.measured(conflict, a, b) : null);
};

dq.measured = function (conflict, a, b) {
  var measured = conflict.measured;
  var rows = [[a, measured.a], [b, measured.b], [dq.firstUp(dq.say("compare.both")), measured.both]];
  var some = function (name) { return rows.some(function (row) { return row[1][name] !== null; }); };
  var columns = [
    ["", function (row) { return dq.data(dq.firstUp(row[0])); }],
    [dq.say("compare.records"), function (row) { return dq.number(row[1].records); }, "num"]];
  if (some("money")) {
    var cents = dq.cents(rows.map(function (row) { return row[1].money; }));
    columns.push([dq.say("compare.money"), function (row) { return dq.money(row[1].money, cents); }, "num"]);
  }
  if (some("value")) columns.push([dq.say("compare.value"), function (row) { return row[1].value === null ? "" : dq.number(row[1].value); }, "num"]);
  return [dq.table(columns, rows, dq.say("differ")),
    Object.keys(measured.own).map(function (name) {
      var of = measured.own[name];
      return !of.rows ? null : dq.h("p", { class: "small" }, dq.data(dq.say("compare.own", { rows: of.rows, whose: dq.whose(name), a: a, n_a: of.a, b: b, n_b: of.b })));
    }),
    dq.examples(measured.a_only, a, b, conflict.of),
    dq.examples(measured.b_only, b, a, conflict.of)];
};

dq.examples = function (found, counted, other, table) {
  if (!found.length) return null;
  var columns = [[dq.say("column.head.key"), function (one) { return dq.link(dq.data(one.key), "record", [table, one.key]); }]];
  if (found.some(function (one) { return one.money !== null; })) {
    var cents = dq.cents(found.map(function (one) { return one.money; }));
    columns.push([dq.say("column.head.amount"), function (one) { return dq.money(one.money, cents); }, "num"]);
  }
  found[0].cells.forEach(function (cell, i) {
    columns.push([dq.columnName(table, cell[0]), function (one) { return one.cells[i][1] === null ? "–" : dq.data(one.cells[i][1]); }]);
  });
  var title = dq.say("compare.only", { a: counted, b: other });
  return [dq.h("p", { class: "small soft" }, dq.data(title)), dq.table(columns, found, title)];
};

dq.columnName = function (table, name) { return dq.firstUp(dq.texts.columns[table + "." + name] || name); };

dq.incomparable = function (term) {
  var pairs = dq.glossary.incomparable.filter(function (pair) { return pair.terms.indexOf(term.name) >= 0; });
  return pairs.length ? dq.section(dq.say("compare.incomparable"), null, dq.h("ul", { class: "plain-list" },
    pairs.map(function (pair) { return dq.h("li", {}, dq.pair(pair)); }))) : null;
};

dq.pair = function (pair) {
  return pair.departments.map(function (name, i) {
    return [i ? " – " : "", dq.data(dq.whose(name)), " ", dq.h("span", { class: "soft" }, "(", dq.data(pair.sales_models[i]), ")")];
  });
};

// --- findings, uses ------------------------------------------------------------------

dq.glossaryFindings = function (places) {
  var found = places.map(function (place) { return dq.glossary.findings[place]; })
    .filter(function (one) { return dq.groupPlace(one.group) >= 0; });
  var FEW = 3;
  var alike = function (one) { return found.filter(function (other) { return other.group === one.group; }); };
  return found.length ? dq.section(dq.say("findings"), found.length, dq.h("ul", { class: "lines" }, found.map(function (one) {
    var number = dq.groupPlace(one.group), same = alike(one), place = same.indexOf(one);
    if (!one.said) return dq.groupLine(number);
    if (place >= FEW) return place > FEW ? null : dq.h("li", { class: "line" }, dq.h("a", { class: "group-link", href: dq.href("group", [one.group]) },
      dq.h("span", {}), dq.h("span", { class: "soft" }, dq.say("more_alike", { n: same.length - FEW }))));
    return dq.h("li", { class: "line" }, dq.h("a", { class: "group-link", href: dq.href("group", [one.group]) },
      dq.chip(one.severity), dq.h("span", { class: "says" },
        dq.h("span", { class: "sentence" }, one.said[dq.texts.language]),
        dq.h("span", { class: "facts" }, dq.h("code", {}, dq.facts.groups[number].code)))));
  }))) : null;
};

dq.uses = function (term) {
  var lines = [
    [dq.say("made_of"), term.uses.length ? dq.termLinks(term.uses) : null],
    [dq.say("used_by"), term.usedBy.length ? dq.termLinks(term.usedBy) : null],
    [dq.say("reports"), term.reports === null ? null : term.reports.length
      ? term.reports.map(function (name, i) { return [i ? ", " : "", dq.data(name)]; }) : dq.h("span", { class: "soft" }, dq.say("no_report"))],
  ].filter(function (line) { return line[1]; });
  return dq.section(dq.say("used_where"), null, [lines.length ? dq.h("dl", { class: "facts-list" }, lines.map(function (line) {
    return dq.h("div", {}, dq.h("dt", {}, line[0]), dq.h("dd", {}, line[1]));
  })) : dq.h("p", { class: "soft" }, dq.say("used_nowhere")),
  dq.h("p", { class: "small soft" }, dq.say("whole_history") + " ", dq.command("dq glossary history " + dq.quoted(term.name)))]);
};
