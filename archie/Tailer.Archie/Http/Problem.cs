using System.Text.Json.Serialization;
using Tailer.Queries;

namespace Tailer.Archie;

/// <summary>An error as RFC 9457 has it, with a stable code. docs/formats/http.md, section 2.3.</summary>
internal sealed record Problem(
    int Status, string Code, string Title, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Position = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Caret = null)
{
    public static Problem BadQuery(QueryError error) =>
        new(StatusCodes.Status400BadRequest, "bad-query", "The query cannot be read", error.ToString(), error.Position, error.Caret);

    public static Problem BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "bad-request", "The request cannot be understood", detail);

    public static Problem NotFound(string detail) => new(StatusCodes.Status404NotFound, "not-found", "Not found", detail);

    public static Problem Conflict(string detail) => new(StatusCodes.Status409Conflict, "conflict", "Not possible now", detail);

    public static Problem TooLarge(string detail) => new(StatusCodes.Status409Conflict, "too-large", "Too large", detail);

    public static Problem Busy(string detail) => new(StatusCodes.Status429TooManyRequests, "too-many-requests", "Busy", detail);

    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteAsJsonAsync(problem, ArchieJson.Default.Problem, "application/problem+json", context.RequestAborted);
    }
}
