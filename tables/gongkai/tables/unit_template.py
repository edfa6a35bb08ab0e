"""The empty workbook for entering units: headings, what each means, and lists to choose from (SC-1.1)."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from gongkai.tables.unit_workbook import MAX_ROWS, SHEETS


def template() -> bytes:
    """An empty workbook with its headings, what each means, and lists to choose from."""
    workbook = Workbook()
    for name, columns in SHEETS.items():
        sheet = workbook.create_sheet(name)
        sheet.append([f"{column.zh}*" if column.required else column.zh for column in columns])
        sheet.freeze_panes = "A2"
        for n, column in enumerate(columns, start=1):
            head = sheet.cell(1, n)
            head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DCE6F2")
            letter = get_column_letter(n)
            sheet.column_dimensions[letter].width = max(12, 2.4 * len(column.zh))
            words = ",".join(term.zh for term in column.words) if column.words else ""
            if words and not column.multiple and len(words) <= 250:
                choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
                sheet.add_data_validation(choice)
                choice.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
    notes = workbook.create_sheet("说明")
    notes.append(["表", "列", "说明", "可填", "依据"])
    for name, columns in SHEETS.items():
        for column in columns:
            hint = column.hint or ("多项以逗号分隔" if column.multiple else "")
            words = "、".join(term.zh for term in column.words) if column.words else ""
            notes.append([name, column.zh, hint, words, column.clause])
    del workbook["Sheet"]
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
