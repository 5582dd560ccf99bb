-- Purchases of a sector's output as inputs, by buying and selling economy, USD; the domestic cell included.
SELECT importer, exporter, value_usd FROM icio_flows WHERE sector = :sector ORDER BY importer, exporter
