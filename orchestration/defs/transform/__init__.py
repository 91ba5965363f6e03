"""dbt: from sources to reports and exports."""
