"""Records and gold as a workbook that people correct in Excel or LibreOffice, and the workbook read back as gold."""
