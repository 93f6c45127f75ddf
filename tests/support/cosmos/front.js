// A Cosmos DB account for tests: @vercel/cosmosdb-server behind what it does not answer itself.
// - the query plan: every container here has one partition, so every query goes through as it is;
// - the change feed with continuation: the order of a container's last writes, the etag a count;
// - an index of partitions and one of ids: it would look through the whole container for every page of a query about one of them;
// - request charges that depend on size, and counts of requests, at GET /_test/stats;
// - faults, set at POST /_test/faults, and how the account is set, at POST /_test/account.
// Listens on 127.0.0.1 only, prints its port, and ends with its standard input or after an hour.
"use strict";

const http = require("http");
const { AsyncLocalStorage } = require("async_hooks");
const { createHttpServer } = require("@vercel/cosmosdb-server");
const Documents = require("@vercel/cosmosdb-server/lib/account/documents").default;

const KB = 1024;
const DOCUMENTS = /^\/\/?dbs\/([^/]+)\/colls\/([^/]+)\/docs(?:\/([^/]+))?\/?$/;

/** The partition that the request at work names, as in ["contoso"]; none where it names none. */
const asked = new AsyncLocalStorage();

/** Documents of a container by the key of their partition, and by their id, beside the map of all. */
const partitions = new WeakMap();
const ids = new WeakMap();

function lookUp(index, documents, key) {
  if (!index.has(documents)) index.set(documents, new Map());
  const byKey = index.get(documents);
  if (!byKey.has(key)) byKey.set(key, new Map());
  return byKey.get(key);
}

/** A query about one id and nothing else. */
const BY_ID = /WHERE c\.id = (@\w+)$/;

function candidates(documents, params) {
  const key = asked.getStore();
  if (key) return lookUp(partitions, documents, JSON.parse(key)[0]);
  const id = BY_ID.exec(params.query);
  return id ? lookUp(ids, documents, params.parameters.find(parameter => parameter.name === id[1]).value) : documents._data;
}

const { _set: set, delete: remove, query } = Documents.prototype;
Object.assign(Documents.prototype, {
  _set(data) {
    const stored = set.call(this, data);
    lookUp(partitions, this, this._getPartition(data)).set(stored._rid, this._data.get(stored._rid));
    lookUp(ids, this, data.id).set(stored._rid, this._data.get(stored._rid));
    return stored;
  },
  delete(id, partition) {
    const found = this._item("/id", id, partition).read();
    remove.call(this, id, partition);
    lookUp(partitions, this, this._getPartition(found)).delete(found._rid);
    lookUp(ids, this, id).delete(found._rid);
  },
  query(params, options) {
    return query.call(Object.create(this, { _data: { value: candidates(this, params) } }), params, options);
  },
});

/** Writes of one container in the order of their last change. */
class Feed {
  constructor() {
    this.count = 0;
    this.byId = new Map();
    this.log = [];
  }

  wrote(document) {
    const key = document._rid;
    if (this.byId.has(key)) this.log[this.byId.get(key)] = null;
    this.byId.set(key, this.log.length);
    this.log.push(document);
    this.count++;
  }

  after(position, limit) {
    const documents = [];
    let next = position;
    for (; next < this.log.length && documents.length < limit; next++) {
      if (this.log[next]) documents.push({ ...this.log[next], _lsn: next + 1 });
    }
    return { documents, next };
  }
}

const feeds = new Map();
let stats = { requests: {}, charge: {} };
let faults = [];

const feedOf = (database, container) => {
  const key = `${database}/${container}`;
  if (!feeds.has(key)) feeds.set(key, new Feed());
  return feeds.get(key);
};

const isTrue = value => String(value).toLowerCase() === "true";

function kindOf(req, match) {
  if (isTrue(req.headers["x-ms-cosmos-is-query-plan-request"])) return "plan";
  if (!match) return "other";
  if (req.method === "GET") return match[3] ? "read" : req.headers["a-im"] ? "feed" : "list";
  if (req.method === "POST") {
    if (isTrue(req.headers["x-ms-documentdb-isquery"]) || req.headers["content-type"] === "application/query+json") return "query";
    return isTrue(req.headers["x-ms-documentdb-is-upsert"]) ? "upsert" : "create";
  }
  return { PUT: "replace", DELETE: "delete", PATCH: "patch" }[req.method] || "other";
}

/** After the published figures for small documents with next to no indexed properties: about 1 RU to read 1 KB, about 5 to write it. */
function chargeOf(kind, status, bytes) {
  switch (kind) {
    case "read": return status === 404 ? 1 : 1 + 0.09 * Math.max(0, bytes / KB - 1);
    case "create": case "upsert": case "replace": case "patch": return status < 300 ? 4.8 + 0.43 * (bytes / KB) : 1.3;
    case "delete": return status < 300 ? 5 : 1;
    case "query": case "list": return 2.3 + 0.05 * (bytes / KB);
    case "feed": return 1 + 0.05 * (bytes / KB);
    default: return 0;
  }
}

function count(kind, container, charge) {
  const name = container ? `${container}.${kind}` : kind;
  stats.requests[name] = (stats.requests[name] || 0) + 1;
  stats.charge[name] = (stats.charge[name] || 0) + charge;
}

/** The next fault that fits, or undefined. { kind?, container?, fault, ms?, status?, chance?, times? } */
function faultFor(kind, container) {
  for (const rule of faults) {
    if (rule.times === 0 || (rule.kind && rule.kind !== kind) || (rule.container && rule.container !== container)) continue;
    if (rule.chance !== undefined && Math.random() >= rule.chance) continue;
    if (rule.times !== undefined) rule.times--;
    return rule;
  }
  return undefined;
}

const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

function answer(res, status, body, headers = {}) {
  res.writeHead(status, { "content-type": "application/json", "x-ms-request-charge": "0", "x-ms-activity-id": "00000000-0000-0000-0000-000000000000", ...headers });
  res.end(body === undefined ? undefined : JSON.stringify(body));
}

const PLAN = {
  partitionedQueryExecutionInfoVersion: 2,
  queryInfo: {
    distinctType: "None", top: null, offset: null, limit: null, orderBy: [], orderByExpressions: [], groupByExpressions: [], groupByAliases: [],
    aggregates: [], groupByAliasToAggregateType: {}, rewrittenQuery: "", hasSelectValue: false, dCountInfo: null, hasNonStreamingOrderBy: false,
  },
  queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
};

function changeFeed(req, res, database, container) {
  const feed = feedOf(database, container);
  const seen = (req.headers["if-none-match"] || "").replace(/"/g, "");
  const from = seen === "*" ? feed.log.length : seen ? Number(seen) : 0;
  const { documents, next } = feed.after(from, Number(req.headers["x-ms-max-item-count"]) > 0 ? Number(req.headers["x-ms-max-item-count"]) : 100);
  const body = JSON.stringify({ _rid: container, Documents: documents, _count: documents.length });
  const charge = chargeOf("feed", 200, documents.length ? body.length : 0);
  count("feed", container, charge);
  const headers = { etag: `"${next}"`, "x-ms-request-charge": String(charge), "x-ms-item-count": String(documents.length) };
  if (documents.length === 0) answer(res, 304, undefined, headers);
  else {
    res.writeHead(200, { "content-type": "application/json", ...headers });
    res.end(body);
  }
}

/** Hands the request on and looks at the answer on its way back. */
function serve(req, res, kind, match, lose) {
  const end = res.end.bind(res);
  const sent = Number(req.headers["content-length"]) || 0;
  res.end = text => {
    const status = res.statusCode;
    const body = text ? String(text) : "";
    if (match && status < 300 && ["create", "upsert", "replace", "patch"].includes(kind)) feedOf(match[1], match[2]).wrote(JSON.parse(body));
    const charge = chargeOf(kind, status, kind === "create" || kind === "replace" || kind === "upsert" ? sent : body.length);
    count(kind, match && match[2], charge);
    if (lose) {
      req.socket.destroy();
      return res;
    }
    res.setHeader("x-ms-request-charge", charge.toFixed(2));
    res.setHeader("connection", "keep-alive");
    if (req.url === "/") return end(here(body, req.headers.host));
    return status === 204 || status === 304 ? end() : end(body);
  };
  // Its check of the partition key fails on a document that is not there; with this it asks the partition that was named all the same.
  if (kind === "read") req.headers["x-ms-documentdb-query-enablecrosspartition"] = "true";
  asked.run(kind === "query" ? req.headers["x-ms-documentdb-partitionkey"] : undefined, () => inner.emit("request", req, res));
}

/** How the account is set, at POST /_test/account; one region and strong consistency unless a test says otherwise. */
let settings = { regions: ["Here"], consistency: "Strong" };

/** The account names its regions' addresses; whatever they are, they are here. */
function here(body, host) {
  const account = JSON.parse(body);
  account.writableLocations = settings.regions.map(name => ({ name, databaseAccountEndpoint: `http://${host}/` }));
  account.readableLocations = account.writableLocations;
  account.userConsistencyPolicy.defaultConsistencyLevel = settings.consistency;
  return JSON.stringify(account);
}

async function textOf(req) {
  let text = "";
  for await (const part of req) text += part;
  return text;
}

async function handle(req, res) {
  if (req.url === "/_test/stats") {
    const answered = stats;
    if (req.method === "DELETE") stats = { requests: {}, charge: {} };
    return answer(res, 200, answered);
  }
  if (req.url === "/_test/faults") {
    faults = JSON.parse(await textOf(req));
    return answer(res, 200, faults);
  }
  if (req.url === "/_test/account") {
    settings = JSON.parse(await textOf(req));
    return answer(res, 200, settings);
  }
  const match = DOCUMENTS.exec(req.url.split("?")[0]);
  const kind = kindOf(req, match);
  if (kind === "plan") return answer(res, 200, PLAN);
  const container = match && match[2];
  const rule = faultFor(kind, container);
  switch (rule && rule.fault) {
    case "status":
      count(`${kind}.${rule.status}`, container, 0);
      req.resume();
      return answer(res, rule.status, { code: String(rule.status), message: "a fault of the test" }, rule.status === 429 ? { "x-ms-retry-after-ms": String(rule.ms || 10), "x-ms-substatus": "3200" } : {});
    case "lose-request": // before anything was done
      return req.socket.destroy();
    case "slow":
      await pause(rule.ms);
      break;
  }
  if (kind === "feed") return changeFeed(req, res, match[1], match[2]);
  return serve(req, res, kind, match, rule && rule.fault === "lose-answer");
}

const inner = createHttpServer({ keepAlive: true });
inner.listen(0, "127.0.0.1", () => {
  const front = http.createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    handle(req, res).catch(problem => {
      console.error(problem);
      if (!res.headersSent) answer(res, 500, { message: String(problem) });
    });
  });
  front.listen(Number(process.argv[2]) || 0, "127.0.0.1", () => console.log(`listening ${front.address().port}`));
});
process.stdin.resume().on("end", () => process.exit(0));
setTimeout(() => process.exit(0), 3_600_000).unref();
