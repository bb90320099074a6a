namespace Tailer.Testing;

/// <summary>A line of a <see cref="LogGenerator"/>, without its line end, and what a reader should find in it.</summary>
/// <param name="App">The application that wrote it.</param>
/// <param name="Time">The time in it, or of the record it continues.</param>
/// <param name="Text">The line.</param>
/// <param name="Continues">It belongs to the record before, as the lines of a stack trace do.</param>
public readonly record struct GeneratedLine(string App, DateTimeOffset Time, string Text, bool Continues);
