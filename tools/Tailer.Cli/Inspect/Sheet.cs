namespace Tailer.Cli.Inspect;

/// <summary>A table. People see its first rows unless they ask for all; programs always get all.</summary>
/// <param name="key">Its name for programs, camelCase.</param>
/// <param name="title">Its name for people.</param>
/// <param name="option">The option that shows all rows; null where all are shown always.</param>
/// <param name="showAll">That option was given.</param>
/// <param name="columns">What each row has a cell for.</param>
internal sealed class Sheet(string key, string title, string? option, bool showAll, params Column[] columns)
{
    private const int FirstRows = 20;

    private readonly List<Cell[]> rows = [];

    public string Key => key;

    public string Title => title;

    public string? Option => option;

    public IReadOnlyList<Column> Columns => columns;

    public IReadOnlyList<Cell[]> Rows => rows;

    /// <summary>How many rows people see who did not ask for all.</summary>
    public int RowsShownFirst { get; init; } = FirstRows;

    public int RowsShown => showAll || option is null ? rows.Count : Math.Min(rows.Count, RowsShownFirst);

    public void Add(params Cell[] row)
    {
        if (row.Length != columns.Length)
            throw new ArgumentException($"{title} has {columns.Length} columns, the row {row.Length} cells", nameof(row));
        rows.Add(row);
    }
}
