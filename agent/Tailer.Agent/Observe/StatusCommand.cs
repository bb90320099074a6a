using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tailer.Hosting;

namespace Tailer.Agent;

/// <summary><c>tailer-agent --config FILE --status [--json]</c>: asks the agent that runs with this configuration how it is.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    public static DaemonVerb<AgentOptions> Verb { get; } = new(
        new DaemonOption("--status", null, "ask the agent that runs with this configuration how it is"),
        [new DaemonOption("--json", null, "with --status: as JSON")],
        Run);

    private static async Task<int> Run(AgentOptions options, VerbArguments arguments)
    {
        using var place = new SocketPlace(options.State);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var limit = new CancellationTokenSource(AnswerTime);
        try
        {
            await socket.ConnectAsync(place.EndPoint(StatusSocket.FileName), limit.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes(arguments.Has("--json") ? "json\n" : "table\n"), limit.Token);
            using var answer = new MemoryStream();
            await using (var stream = new NetworkStream(socket))
                await stream.CopyToAsync(answer, limit.Token);
            return Show(answer.GetBuffer().AsSpan(0, (int)answer.Length), options);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied)
        {
            throw new FatalException(ExitCode.Unavailable, $"the agent's socket {Path.Combine(options.State, StatusSocket.FileName)} is its owner's alone. Ask as that user, or as root.", e);
        }
        catch (OperationCanceledException e)
        {
            throw new FatalException(ExitCode.Unavailable, $"the agent with the state directory {options.State} did not answer within {AnswerTime.TotalSeconds:0} s; it hangs, or was stopped by a signal", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw NoAgent(options, e);
        }
    }

    private static int Show(ReadOnlySpan<byte> answer, AgentOptions options)
    {
        int end = answer.IndexOf((byte)'\n');
        if (end < 0 || !int.TryParse(answer[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int code))
            throw NoAgent(options, null);
        using Stream output = Console.OpenStandardOutput();
        output.Write(answer[(end + 1)..]);
        return code;
    }

    private static FatalException NoAgent(AgentOptions options, Exception? e) =>
        new(ExitCode.Unavailable, $"no agent runs with the state directory {options.State}{(e is null ? "" : $" ({e.Message})")}. Start it, or name the configuration it was started with.", e);
}
