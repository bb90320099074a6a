namespace Tailer.Cli.Show;

/// <summary>Sentences for people, broken between words at a width that any terminal has.</summary>
internal static class Paragraph
{
    private const int Width = 100;

    public static void Write(TextWriter output, int indent, string text)
    {
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            bool fits = column > 0 && column + 1 + word.Length <= Width;
            if (column > 0 && !fits)
                output.WriteLine();
            output.Write(fits ? " " : new string(' ', indent));
            output.Write(word);
            column = (fits ? column + 1 : indent) + word.Length;
        }
        output.WriteLine();
    }
}
