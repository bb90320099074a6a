using System.Text.Json.Serialization;

namespace Tailer.Archie;

/// <summary>How a place answered.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<AnswerState>))]
internal enum AnswerState
{
    Ok,
    Unreachable,
    Timeout,
    Failed,
}
