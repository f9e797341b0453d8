-- A reading of the events for people with the sqlite3 program.

CREATE TABLE kind (
  id    INTEGER PRIMARY KEY,
  name  TEXT NOT NULL,
  "group" TEXT NOT NULL
);

CREATE VIEW timeline AS
SELECT
  e.id                                            AS row,
  CASE WHEN e.flags & 1 THEN NULL
       ELSE strftime('%Y-%m-%dT%H:%M:%S', e.time / 1000000000 - (e.time % 1000000000 < 0), 'unixepoch') || 'Z' END AS datetime,
  k.name                                          AS kind,
  k."group"                                       AS "group",
  CASE e.certainty WHEN 0 THEN 'observed' WHEN 1 THEN 'reported' ELSE 'inferred' END AS certainty,
  CASE e.outcome WHEN 1 THEN 'success' WHEN 2 THEN 'failure' WHEN 3 THEN 'unknown' END AS outcome,
  account.text  AS account,   actor.text AS user,      ip.text AS ip,           e.port AS port,
  host.text     AS host,      country.text AS country, e.asn AS asn,            org.text AS org,
  client.text   AS client,    protocol.text AS protocol, service.text AS service, operation.text AS operation,
  e.session     AS session,   e.message_id AS message_id, e.subject AS subject, sender.text AS "from",
  key.text      AS key,       folder.text AS folder,   e.uid AS uid,            detail.text AS detail,
  e.original    AS time_original, "desc".text AS timestamp_desc, e.zone AS zone_seconds, zone_name.text AS zone_name,
  CASE e.flags >> 3 & 3 WHEN 0 THEN 'missing' WHEN 1 THEN 'stated' ELSE 'assumed' END AS zone_state,
  e.flags & 1   AS unreliable,
  format.text   AS format,    rule.text AS rule,
  v.id          AS evidence,  v.name AS evidence_name, i.name AS item,
  e."offset"    AS "offset",  e.length AS length,      e.line AS line,
  lower(hex(e.digest)) AS record_sha256, lower(hex(i.digest)) AS item_sha256, lower(hex(v.digest)) AS evidence_sha256,
  (SELECT group_concat(t.tag, ' ') FROM tag t WHERE t.event = e.id) AS tags,
  (SELECT n.text FROM note n WHERE n.event = e.id) AS note,
  (SELECT count(*) FROM seen_in s WHERE s.event = e.id) AS seen_again,
  e.more        AS more
FROM event e
JOIN item i ON i.id = e.item
JOIN evidence v ON v.id = i.evidence
LEFT JOIN kind k ON k.id = e.kind
LEFT JOIN text account   ON account.id = e.account
LEFT JOIN text actor     ON actor.id = e.actor
LEFT JOIN text ip        ON ip.id = e.ip
LEFT JOIN text host      ON host.id = e.host
LEFT JOIN text country   ON country.id = e.country
LEFT JOIN text org       ON org.id = e.org
LEFT JOIN text client    ON client.id = e.client
LEFT JOIN text protocol  ON protocol.id = e.protocol
LEFT JOIN text service   ON service.id = e.service
LEFT JOIN text operation ON operation.id = e.operation
LEFT JOIN text sender    ON sender.id = e.sender
LEFT JOIN text key       ON key.id = e.key
LEFT JOIN text folder    ON folder.id = e.folder
LEFT JOIN text detail    ON detail.id = e.detail
LEFT JOIN text rule      ON rule.id = e.rule
LEFT JOIN text format    ON format.id = e.format
LEFT JOIN text "desc"    ON "desc".id = e."desc"
LEFT JOIN text zone_name ON zone_name.id = e.zone_name
ORDER BY e.flags & 1, e.time, i.evidence, e.item, e."offset", e.id;
