using System.Globalization;

namespace Tailer.Cli.Check;

/// <summary>
/// A threshold as the guidelines of Nagios plug-ins have it (nagios-plugins.org, "Threshold and Ranges"): <c>10</c> alerts above 10, <c>10:</c> below
/// 10, <c>~:10</c> above 10, <c>10:20</c> outside, <c>@10:20</c> inside; the ends belong to the range.
/// </summary>
internal sealed record AlertRange(double Start, double End, bool Inside, string Text)
{
    public const string Expected = "a threshold such as 10 (more than 10), 10: (fewer than 10), 10:20 (outside) or @10:20 (inside)";

    public static AlertRange? TryParse(string text)
    {
        bool inside = text.StartsWith('@');
        string range = inside ? text[1..] : text;
        int colon = range.IndexOf(':', StringComparison.Ordinal);
        string startText = colon < 0 ? "0" : range[..colon], endText = range[(colon + 1)..];
        double start = double.NegativeInfinity, end = double.PositiveInfinity;
        bool isRead = (startText == "~" || TryRead(startText, out start)) && ((colon >= 0 && endText.Length == 0) || TryRead(endText, out end));
        return isRead && start <= end ? new AlertRange(start, end, inside, text) : null;
    }

    public bool IsAlert(double value) => (value >= Start && value <= End) == Inside;

    private static bool TryRead(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
}
