-- The same table for servers from 21.4 on: milliseconds in the time, and a quarter of the space for what repeats. Printed by
--     node ingest/consumer/main.ts --print-ddl --newer --table DB.TABLE
CREATE TABLE IF NOT EXISTS default.events
(
    topic LowCardinality(String),
    partition UInt32 CODEC(Delta, ZSTD),
    offset UInt64 CODEC(Delta, ZSTD),
    id String CODEC(ZSTD),
    timestamp_ms Int64 CODEC(Delta, ZSTD),
    event String CODEC(ZSTD),
    timestamp DateTime64(3, 'UTC') MATERIALIZED fromUnixTimestamp64Milli(timestamp_ms, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (topic, partition, offset)
