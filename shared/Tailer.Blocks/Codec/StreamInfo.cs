using System.Globalization;
using System.Text;

namespace Tailer.Blocks;

/// <summary>One stream of a block: what its events have in common, and the text before and behind their time.</summary>
public sealed record StreamInfo(int Source, int Host, int App, uint Pid, int Format, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After)
{
    /// <summary>Fills the names into a shape; without a time all text is <see cref="After"/>.</summary>
    internal static StreamInfo Of(int source, int host, int app, uint pid, int format, ReadOnlySpan<byte> shape, string hostName, string appName)
    {
        byte[] before = [];
        using var text = new ByteWriter(64);
        for (int i = 0; i < shape.Length; i++)
        {
            switch (shape[i])
            {
                case LeadShape.Time:
                    before = text.Written.ToArray();
                    text.Reset();
                    break;
                case LeadShape.Host: text.Raw(Encoding.UTF8.GetBytes(hostName)); break;
                case LeadShape.App: text.Raw(Encoding.UTF8.GetBytes(appName)); break;
                case LeadShape.Pid: text.Raw(Encoding.UTF8.GetBytes(pid.ToString(CultureInfo.InvariantCulture))); break;
                case LeadShape.Literal: text.U8(shape[++i]); break;
                default: text.U8(shape[i]); break;
            }
        }
        return new StreamInfo(source, host, app, pid, format, before, text.Written.ToArray());
    }
}
