using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Tailer.Hosting;

namespace Tailer.Agent;

/// <summary>
/// Answers who asks how the agent is, over a Unix socket in its state directory, mode 0600: its owner and root may. One question at a
/// time: a line that says <c>table</c> or <c>json</c>. The answer is a line with the exit code to end with, and the text.
/// </summary>
internal sealed class StatusSocket(string directory, Func<AgentStatus> status, ILogger log)
{
    public const string FileName = "status.socket";

    /// <summary>Who asks and then says nothing is not waited for.</summary>
    private static readonly TimeSpan AskTime = TimeSpan.FromSeconds(2);

    private const int QuestionBytesMax = 64;

    /// <summary>Answers until stopped. That it cannot is logged, and no reason to end the agent.</summary>
    public async Task Run(CancellationToken stop)
    {
        string path = Path.Combine(directory, FileName);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Left by an agent that was killed. No other agent runs: this one holds the lock of the state directory.
            File.Delete(path);
            using var place = new SocketPlace(directory);
            listener.Bind(place.EndPoint(FileName));
            File.SetUnixFileMode(path, SecretFile.Mode);
            listener.Listen(4);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            ObserveLog.NoStatusSocket(log, path, e.Message);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        while (true)
        {
            using Socket asker = await listener.AcceptAsync(stop);
            await Answer(asker, stop);
        }
    }

    private async Task Answer(Socket asker, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AskTime);
        try
        {
            var question = new byte[QuestionBytesMax];
            int bytes = 0;
            while (bytes < question.Length && !question.AsSpan(0, bytes).Contains((byte)'\n'))
            {
                int read = await asker.ReceiveAsync(question.AsMemory(bytes), limit.Token);
                if (read == 0)
                    break;
                bytes += read;
            }
            AgentStatus now = status();
            byte[] text = question.AsSpan(0, bytes).StartsWith("json\n"u8) ? StatusJson.Write(now) : Encoding.UTF8.GetBytes(StatusText.Write(now));
            byte[] head = Encoding.ASCII.GetBytes($"{(now.Troubles.Count == 0 ? ExitCode.Ok : ExitCode.Incomplete)}\n");
            await SendAll(asker, head, limit.Token);
            await SendAll(asker, text, limit.Token);
            asker.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            ObserveLog.RequestEnded(log, "the status", e.Message);
        }
    }

    private static async Task SendAll(Socket asker, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await asker.SendAsync(bytes, stop)..];
    }
}
