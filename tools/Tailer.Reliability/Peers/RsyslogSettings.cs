using System.Globalization;

namespace Tailer.Reliability;

/// <summary>
/// The settings under which rsyslog is compared, after its documentation the ones that lose least: inotify, from the beginning of a new file, reopening on
/// truncation, state written after every batch that was handed on, a queue on disk, RELP with acknowledgements and endless retries.
/// </summary>
internal static class RsyslogSettings
{
    /// <summary>Disk-assisted: in memory, and on disk where memory does not do or at a clean stop.</summary>
    public const string DiskAssisted = "disk-assisted";

    /// <summary>Every message goes through the disk: slower, and survives a kill.</summary>
    public const string OnDisk = "on disk";

    /// <summary>Without a network: lines go to a file, which is the least work.</summary>
    public static string Local(string output) =>
        $$"""template="line" type="omfile" file="{{output}}" ioBufferSize="64k" flushOnTXEnd="on" """;

    /// <summary>To a receiver that acknowledges.</summary>
    public static string Relp(int port) => string.Create(CultureInfo.InvariantCulture,
        $$"""type="omrelp" target="127.0.0.1" port="{{port}}" windowSize="1024" timeout="30" """);

    public static string Sender(string work, string log, string action, string queue) => string.Create(CultureInfo.InvariantCulture, $$"""
        global(workDirectory="{{work}}" maxMessageSize="64k")
        module(load="imfile" mode="inotify")
        module(load="omrelp")
        template(name="line" type="string" string="%msg%\n")
        input(type="imfile" file="{{log}}" tag="app" ruleset="ship"
              freshStartTail="off" reopenOnTruncate="on"
              persistStateInterval="1000" persistStateAfterSubmission="on")
        ruleset(name="ship" queue.type="{{(queue == OnDisk ? "Disk" : "LinkedList")}}" queue.filename="ship" queue.size="200000"
                queue.maxDiskSpace="8g" queue.maxFileSize="64m" queue.saveOnShutdown="on"
                queue.checkpointInterval="{{(queue == OnDisk ? 1000 : 0)}}" queue.dequeueBatchSize="1024") {
          action({{action}}
                 action.resumeRetryCount="-1" action.resumeInterval="1")
        }

        """);

    public static string Receiver(string work, string output, int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        global(workDirectory="{{work}}" maxMessageSize="64k")
        module(load="imrelp")
        template(name="line" type="string" string="%msg%\n")
        input(type="imrelp" port="{{port}}" ruleset="keep")
        ruleset(name="keep") {
          action(type="omfile" file="{{output}}" template="line" ioBufferSize="64k" flushOnTXEnd="on")
        }

        """);
}
