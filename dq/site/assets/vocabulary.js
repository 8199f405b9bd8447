// Stages, fields and departments: the rest of what the glossary pins down.
"use strict";

dq.rooms.stages = function () {
  return dq.inGlossary(function (room) {
    var stages = room.stages;
    if (!stages) return dq.nowhere();
    var stageNames = stages.canonical.map(function (stage) { return stage.name; });
    return { title: dq.say("stages"), body: [
      dq.h("h1", { tabindex: "-1" }, dq.say("stages")),
      dq.tabs("stages"),
      dq.section(dq.say("ladder_order"), null, [
        dq.h("ol", { class: "flow" }, stageNames.map(function (name) { return dq.h("li", {}, dq.data(name)); })),
        dq.decisions(stages.decided, "stages"),
        dq.table([
          [dq.say("stage"), function (stage) { return dq.data(stage.name); }],
          [dq.say("leads_to"), function (stage) {
            if (stage.next === null) return "";
            return stage.next.length ? stage.next.map(function (name, i) { return [i ? ", " : "", dq.data(name)]; }) : dq.say("leads_nowhere");
          }],
          [dq.say("required"), function (stage) {
            return stage.required.length ? stage.required.map(function (column, i) { return [i ? ", " : "", dq.fieldLink("deals." + column, column)]; }) : "";
          }],
          [dq.say("to_enter"), function (stage) { return stage.enter ? dq.h("code", { class: "sql" }, stage.enter) : ""; }],
        ], stages.canonical, dq.say("ladder_order"))]),
      stages.ladders.length ? dq.section(dq.say("ladders"), stages.ladders.length, [
        dq.h("p", { class: "faint small" }, dq.say("ladders_hint")),
        dq.table([[dq.say("stage"), function (name) { return dq.data(name); }]].concat(stages.ladders.map(function (ladder) {
          return [ladder.name, function (name) {
            var own = Object.keys(ladder.stages).filter(function (word) { return ladder.stages[word] === name; });
            return own.map(function (word) { return dq.h("span", { class: "block" }, dq.data(word)); });
          }, "own"];
        })), stageNames, dq.say("ladders")),
        dq.decidedTable(dq.say("ladder"), stages.ladders.map(function (ladder) { return [dq.data(ladder.name), ladder.decided]; }))]) : null,
      dq.glossaryFindings(room.ofStages),
    ] };
  });
};

dq.fieldLink = function (name, words) {
  var there = dq.glossary.fields.some(function (field) { return field.name === name; });
  return there ? dq.link(dq.data(words), "field", [name]) : dq.data(words);
};

// Who decided on each of several things, in one table.
dq.decidedTable = function (title, rows) {
  var there = rows.filter(function (row) { return row[1]; });
  var who = function (step) { return step ? [dq.data(step.by), ", ", dq.moment(step.at.slice(0, 10))] : ""; };
  return there.length ? dq.table([
    [title, function (row) { return row[0]; }],
    [dq.say("status"), function (row) { return dq.statusChips(dq.statusOf(row[1])); }],
    [dq.firstUp(dq.say("proposed")), function (row) { return who(row[1].proposed || row[1].asked); }],
    [dq.firstUp(dq.say("approved")), function (row) {
      var step = row[1].approved;
      return step ? [who(step), dq.h("span", { class: "block small vouched " + step.standing }, dq.vouched(step))] : "";
    }],
  ], there, title) : null;
};

dq.statusOf = function (decided) {
  if (decided.status === "approved") return ["approved"];
  return [decided.proposed ? "waiting" : "unapproved"];
};

// --- fields ----------------------------------------------------------------------------

dq.fieldLabel = function (field) { return dq.firstUp(dq.inLanguage(field.label)); };

dq.fieldWords = function (field) {
  if (!field.words) {
    var said = [field.name].concat(dq.spoken(field.label), dq.spoken(field.means));
    field.values.forEach(function (pair) { said = said.concat(pair[0], dq.spoken(pair[1])); });
    field.words = dq.fold(said.join(" "));
  }
  return field.words;
};

dq.rooms.fields = function (names, query) {
  return dq.inGlossary(function (room) {
    var asked = dq.fold(query.q || "").split(" ");
    var tables = room.fields.map(function (field) { return field.table; })
      .filter(function (table, i, all) { return all.indexOf(table) === i; });
    var found = room.fields.filter(function (field) {
      return asked.every(function (word) { return dq.fieldWords(field).indexOf(word) >= 0; })
        && (!query.table || field.table === query.table)
        && (!query.status || field.statuses.indexOf(query.status) >= 0);
    });
    var page = dq.pageOf(found, query, dq.PAGE);
    return { title: dq.say("fields"), body: [
      dq.h("h1", { tabindex: "-1" }, dq.say("fields")),
      dq.tabs("fields"),
      dq.filters(dq.typed(dq.say("filter"), query, "fields", []),
        dq.select(dq.say("column.head.table"), "table", [["", dq.say("any")]].concat(tables.map(function (table) {
          return [table, dq.tableName(table)];
        })), query, "fields", []),
        dq.statusFilter(room.fields, query, "fields")),
      found.length ? dq.h("ul", { class: "lines" }, page.items.map(function (field) {
        return dq.entry(dq.href("field", [field.name]), dq.data(dq.fieldLabel(field)), [dq.h("code", {}, field.name)],
          dq.data(dq.inLanguage(field.means)), field.values.length ? dq.h("span", {}, dq.data(dq.valuesOf(field))) : null, field.statuses);
      })) : dq.empty(dq.say("no_match"), dq.say("no_match_hint")),
      dq.pager(found.length, page.page, dq.PAGE, "fields", [], query),
    ] };
  });
};

dq.valuesOf = function (field) {
  var words = field.values.slice(0, 8).map(function (pair) { return pair[0]; });
  return words.join(", ") + (field.values.length > 8 ? ", …" : "");
};

dq.rooms.field = function (names) {
  return dq.inGlossary(function (room) {
    var field = room.fields.filter(function (one) { return one.name === names[0]; })[0];
    if (!field) return dq.nowhere();
    var label = dq.fieldLabel(field);
    return { title: label, body: [
      dq.trail([dq.link(dq.say("glossary"), "glossary"), dq.link(dq.say("fields"), "fields")]),
      dq.h("section", {},
        dq.h("h1", { tabindex: "-1" }, dq.data(label), " ", dq.h("code", {}, field.name)),
        dq.h("p", {}, dq.data(dq.inLanguage(field.means))),
        dq.strip([
          [dq.say("column.head.table"), dq.tableLink(field.table)],
          [dq.say("unit"), field.unit ? dq.data(field.unit) : ""],
          [dq.say("steward"), field.owner ? dq.data(field.owner) : dq.h("span", { class: "warn-text" }, dq.say("glossary.nobody"))],
          [dq.say("counts_since"), field.since ? dq.moment(field.since) : ""],
          [dq.say("required_from"), field.requiredFrom ? dq.link(dq.data(field.requiredFrom), "stages") : ""],
          [dq.say("status"), dq.statusChips(field.statuses)]]),
        dq.decisions(field.decided, field.name)),
      field.values.length ? dq.section(dq.say("values"), field.values.length, dq.table([
        [dq.say("column.head.value"), function (pair) { return dq.h("code", {}, pair[0]); }],
        [dq.say("means_word"), function (pair) { return dq.data(dq.inLanguage(pair[1])); }],
      ], field.values, dq.say("values"))) : null,
      dq.glossaryFindings(field.findings),
    ] };
  });
};

// --- departments -----------------------------------------------------------------------

dq.rooms.departments = function () {
  return dq.inGlossary(function (room) {
    if (!room.departments.length) return dq.nowhere();
    var own = function (name) {
      return room.terms.filter(function (term) {
        return term.sides.some(function (side) { return side.department === name && side.versions.length; });
      }).map(function (term) { return term.name; });
    };
    return { title: dq.say("departments"), body: [
      dq.h("h1", { tabindex: "-1" }, dq.say("departments")),
      dq.tabs("departments"),
      dq.table([
        [dq.say("department"), function (one) { return dq.data(dq.label(one)); }],
        [dq.say("sales_model"), function (one) { return one.model ? dq.data(one.model) : ""; }],
        [dq.say("names_there"), function (one) { return one.names.map(function (name) { return dq.h("span", { class: "block" }, dq.data(name)); }); }],
        [dq.say("own_terms"), function (one) { return own(one.name).length ? dq.termLinks(own(one.name)) : ""; }],
      ], room.departments, dq.say("departments")),
      room.incomparable.length ? dq.section(dq.say("compare.incomparable"), room.incomparable.length, [
        dq.h("p", { class: "faint small" }, dq.say("incomparable_hint")),
        dq.table([
          [dq.say("departments"), dq.pair],
          [dq.say("terms"), function (pair) { return dq.termLinks(pair.terms); }],
        ], room.incomparable, dq.say("compare.incomparable"))]) : null,
      dq.section(dq.say("decisions"), null, dq.decidedTable(dq.say("department"), room.departments.map(function (one) {
        return [dq.data(dq.label(one)), one.decided];
      }))),
      dq.glossaryFindings(room.ofDepartments),
    ] };
  });
};
