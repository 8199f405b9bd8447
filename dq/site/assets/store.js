// What was loaded: facts of the run, texts of each language, records of each table.
"use strict";

dq.loaded = {};
dq.shelves = {};
dq.languages = {};

dq.setFacts = function (facts) { dq.facts = facts; };
dq.setTexts = function (texts) { dq.languages[texts.language] = texts; };
dq.setGlossary = function (glossary) { dq.glossary = glossary; };
dq.setRecords = function (shelf) { dq.shelves[shelf.table] = shelf; };

// A classic script of the site's own folder, once.
dq.load = function (source) {
  if (!dq.loaded[source]) {
    dq.loaded[source] = new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = source;
      script.onload = done;
      script.onerror = function () { delete dq.loaded[source]; failed(new Error(source)); };
      document.head.appendChild(script);
    });
  }
  return dq.loaded[source];
};

dq.loadRecords = function (table) {
  var file = dq.facts.files.records[table];
  if (!file) return Promise.resolve(null);
  return dq.load(file).then(function () { return dq.shelves[table]; });
};

dq.loadGlossary = function () {
  return dq.facts.files.glossary ? dq.load(dq.facts.files.glossary) : Promise.resolve();
};

dq.loadAllRecords = function () {
  return Promise.all(Object.keys(dq.facts.files.records).map(dq.loadRecords));
};

// Lines of one group, or of one key: {group, key, value, money, file, sheet, row}.
dq.lines = function (shelf, number) {
  return ((shelf && shelf.lines[number]) || []).map(function (line) {
    var place = line[3] === null ? ["", ""] : shelf.files[line[3]];
    return {
      group: Number(number),
      key: line[0] === null ? null : shelf.keys[line[0]],
      value: line[1], money: line[2], file: place[0], sheet: place[1], row: line[4],
    };
  });
};

dq.linesOf = function (shelf, key) {
  var place = shelf ? shelf.keys.indexOf(key) : -1;
  if (place < 0) return [];
  var found = [];
  Object.keys(shelf.lines).forEach(function (number) {
    var mine = shelf.lines[number].some(function (line) { return line[0] === place; });
    if (!mine) return;
    dq.lines(shelf, number).forEach(function (line) { if (line.key === key) found.push(line); });
  });
  return found.sort(function (a, b) { return a.group - b.group; });
};

// What the reader chose stays, where the browser allows it.
dq.remember = function (name, value) {
  try { window.localStorage.setItem("dq." + name, value); } catch (refused) { /* a private window */ }
};
dq.recall = function (name) {
  try { return window.localStorage.getItem("dq." + name); } catch (refused) { return null; }
};

dq.groupPlace = function (id) {
  for (var i = 0; i < dq.facts.groups.length; i++) if (dq.facts.groups[i].id === id) return i;
  return -1;
};

dq.tableName = function (name) { return dq.texts.tables[name] || name; };
