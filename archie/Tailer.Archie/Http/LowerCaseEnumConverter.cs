using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tailer.Archie;

/// <summary>Writes enum values as the lower-case names docs/formats/http.md has.</summary>
internal sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
