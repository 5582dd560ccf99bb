SELECT country, sector, gross_output_usd, inputs_usd, final_demand_usd FROM icio_nodes ORDER BY country, sector
