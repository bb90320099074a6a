using System.Text.Json.Serialization;

namespace Tailer.Archie;

/// <summary>Where a history request is in its life.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<HistoryState>))]
internal enum HistoryState
{
    /// <summary>It is known what a load would cost; nothing is loaded.</summary>
    Estimated,

    /// <summary>Waiting for its turn, or being loaded.</summary>
    Loading,

    /// <summary>Its segments are here and can be searched.</summary>
    Ready,

    /// <summary>The load ended with an error; it may be tried again.</summary>
    Failed,

    /// <summary>Its files are gone.</summary>
    Expired,
}
