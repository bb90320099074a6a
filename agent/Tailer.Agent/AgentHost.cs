using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Blocks.Native;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>Puts the parts of the agent together, runs them, and stops them in the order in which nothing is lost.</summary>
internal static class AgentHost
{
    /// <summary>After a clean stop is asked for: time to deliver what is spooled. The rest is sent at the next start.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(DaemonContext<AgentOptions> context)
    {
        AgentOptions options = context.Options;
        TimeProvider clock = TimeProvider.System;
        CheckSystem();
        using StateDirectory state = StateDirectory.Ensure(options.State);
        CredentialFile credential = LoadCredential(options.CredentialPath);
        var agent = new AgentName(credential.Credential.Name, options.Host)
        {
            MayClaim = credential.Credential.MayClaim,
        };
        ILogger log = context.Loggers.CreateLogger("Tailer.Agent");

        long ofProcess = HandleLimit.OfProcess();
        int handlesMax = HandleLimit.Fit(options.Reading.HandlesMax, ofProcess);
        if (handlesMax < options.Reading.HandlesMax)
            AgentLog.FewHandles(log, ofProcess, handlesMax, options.Reading.HandlesMax);
        options = options with { Reading = options.Reading with { HandlesMax = handlesMax } };

        using SpoolStore spool = OpenSpool(SpoolSettingsOf(options, agent, clock), log);
        using var filler = new PacketFiller(spool, clock);
        var reader = new SourceReader(SystemFileTree.Instance, filler, options.Reading, clock, log);
        var finder = new Finder(SystemFileTree.Instance, options.Sources, agent, clock, log)
        {
            StateIsNew = spool.StateWasLost,
            Boot = BootId(),
            Hold = reader.TryHold,
            OnFound = s => spool.NoteFound(s.Describe(), s.IsReplaced || s.File != s.Identity),
        };
        int dropped = finder.Restore(spool.Recovered.Values, FinderState.TryRead(spool.RecoveredFinder.Span));
        if (dropped > 0)
            AgentLog.NoLongerConfigured(log, dropped);

        var interest = new Interest(clock);
        var counters = new ShipCounters();
        using FileCatch? files = options.UseInotify ? new FileCatch(SystemFileTree.Instance, path => options.Sources.Any(set => set.Follows(path)), handlesMax) : null;
        using var notifier = new ServiceNotifier(Environment.GetEnvironmentVariable, Environment.ProcessId, clock, log);
        var survey = new LagSurvey(finder, spool, clock);
        var core = new AgentCore(finder, reader, filler, spool, interest, options.Reading, clock, log) { Catch = files, Survey = survey, OnLook = notifier.Beat };
        using var loop = new ReadLoop(core, new ChangeWatch(options.UseInotify), clock) { WaitMax = notifier.BeatEvery };
        interest.OnChange = loop.Wake;
        using var shipper = new Shipper(spool, options.Bucks.Select(b => new BuckTarget(b.Name, b.Address.ToEndPoint(), b.Zone)), credential, ShipOptionsOf(options), interest, counters, clock, log);
        using var metrics = new AgentMetrics(options.Sources, reader, core, survey, filler, spool, shipper, counters, clock);
        var status = new StatusReader(metrics, survey, spool, shipper, counters, agent, context.Version, options.Sources.Max(s => s.Delivery.Copies), clock);
        using MetricsPort? port = options.Metrics is { } at ? MetricsPort.Listen(at, context.Metrics.Write, log) : null;
        var trim = new MemoryTrim(() => reader.BytesRead, clock);
        void WhenBeating()
        {
            notifier.Status(() => status.Read().Line);
            if (trim.TrimWhenDue())
                ObserveLog.Trimmed(log, GC.GetTotalMemory(false), Environment.WorkingSet);
        }
        var heartbeat = new HeartbeatLoop(shipper, metrics.Heartbeat, WhenBeating, options.Host, context.Version, clock);

        using var stopShipping = new CancellationTokenSource();
        Task shipping = shipper.Run(stopShipping.Token);
        Task[] telling = [heartbeat.Run(stopShipping.Token), new StatusSocket(options.State, status.Read, log).Run(stopShipping.Token), .. port is null ? [] : new[] { port.Run(stopShipping.Token) }];
        files?.Start();
        loop.Start();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.Stopping.Register(() => asked.TrySetResult()))
        {
            try
            {
                await await Task.WhenAny([asked.Task, loop.Ended, shipping, .. telling]);
            }
            finally
            {
                notifier.Stopping();
                // Also after a failure elsewhere: what was read is sealed, and the reading thread has ended before its parts go.
                await loop.StopAsync();
            }
        }
        using var drainTime = new CancellationTokenSource(DrainTime);
        await shipper.Drain(drainTime.Token);
        using var goodbyeTime = new CancellationTokenSource(GoodbyeTime);
        await SayGoodbye(shipper, agent, goodbyeTime.Token);
        spool.SaveDelivered();
        await stopShipping.CancelAsync();
        await EndOf(shipping);
        await EndOf(Task.WhenAll(telling));
    }

    /// <summary>What the host must have, said now, rather than in the middle of sealing the first packet.</summary>
    private static void CheckSystem()
    {
        try
        {
            Sodium.Blake2b(stackalloc byte[32], []);
            _ = Zstd.CompressBound(1);
            // Not by RandomNumberGenerator, which would load OpenSSL, that a host need not have.
            _ = Guid.NewGuid();
        }
        catch (Exception e) when (e is DllNotFoundException || e.InnerException is DllNotFoundException)
        {
            string reason = (e.InnerException ?? e).Message.Split('\n')[0];
            throw new FatalException(ExitCode.Unavailable, $"libsodium.so.23 and libzstd.so.1 must lie beside the executable, or be installed: {reason}", e);
        }
        catch (CryptographicException e)
        {
            throw new FatalException(ExitCode.Unavailable, $"there are no random numbers; /dev/urandom must be there, also in a chroot: {e.Message}", e);
        }
    }

    private static async Task SayGoodbye(Shipper shipper, AgentName agent, CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(shipper.Links.Select(link => link.Goodbye(agent.Host, stop)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A buck that does not answer in time learns it from the manifest's goodbye.
            return;
        }
    }

    private static async Task EndOf(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The way these loops end when asked to.
            return;
        }
    }

    /// <summary>Damaged files are stepped over; a disk that cannot be read is another matter.</summary>
    private static SpoolStore OpenSpool(SpoolSettings settings, ILogger log)
    {
        try
        {
            return SpoolStore.Open(settings, log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FatalException(ExitCode.Unavailable, $"the spool in {settings.StateDirectory} cannot be read: {e.Message}. Look after the disk; what is undelivered is there.", e);
        }
    }

    private static SpoolSettings SpoolSettingsOf(AgentOptions options, AgentName agent, TimeProvider clock) => new()
    {
        Disk = SystemDisk.Instance,
        StateDirectory = options.State,
        Agent = agent.Name,
        Host = agent.Host,
        BucketSeconds = (int)options.BucketTime.TotalSeconds,
        Clock = clock,
        BytesMax = options.SpoolBytesMax,
        AgeMax = options.SpoolAgeMax,
        SyncPackets = options.SpoolSyncPackets,
    };

    /// <summary>Manifests go to as many bucks as the most careful source asks for.</summary>
    private static ShipOptions ShipOptionsOf(AgentOptions options) => new()
    {
        AckTimeout = options.AckTimeout,
        ManifestCopies = options.Sources.Select(source => source.Delivery.Copies).DefaultIfEmpty(2).Max(),
        CopiesWholeBuckets = options.Sources.Any(source => source.Delivery.BoundaryCopy == BoundaryCopy.Whole),
        RefusedAgeMax = options.SpoolAgeMax,
    };

    /// <summary>The kernel makes it anew at each start of the machine; empty where it cannot be read.</summary>
    private static string BootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static CredentialFile LoadCredential(string path)
    {
        CredentialFile credential;
        try
        {
            credential = CredentialFile.Load(path);
        }
        catch (CredentialFileException e)
        {
            throw new FatalException(ExitCode.Config, e.Message, e);
        }
        if (credential.Credential.Role != Role.Agent)
            throw new FatalException(ExitCode.Config, string.Create(CultureInfo.InvariantCulture, $"{path} is a credential of role {credential.Credential.Role}; an agent needs one of role agent"));
        return credential;
    }
}
