"""The Notion database: a row for each summarised paper."""
