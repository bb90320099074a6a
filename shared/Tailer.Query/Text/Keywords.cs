namespace Tailer.Queries;

/// <summary>Words with a meaning of their own; capital letters only, and never in quotes.</summary>
internal static class Keywords
{
    public const string And = "AND";
    public const string Or = "OR";
    public const string Not = "NOT";

    public static bool Contains(string word) => word is And or Or or Not;
}
