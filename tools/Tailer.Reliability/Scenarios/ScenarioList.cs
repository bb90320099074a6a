namespace Tailer.Reliability;

/// <summary>Everything that can be run, in the order of the table.</summary>
internal static class ScenarioList
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("rename", "1,000 rename rotations of 10,000 lines at 200,000 lines/s, all files kept", RotationScenarios.AllKept),
        new("rsyslog-rename", "the same with rsyslog", size => RsyslogScenarios.AllKept(size, 200_000)),
        new("rsyslog-rename-slow", "the same with rsyslog, at 20,000 lines/s", size => RsyslogScenarios.AllKept(size, RsyslogScenarios.BearableRate)),
        new("rename-five", "the same with five files kept", RotationScenarios.FiveKept),
        new("rsyslog-rename-five", "the same with rsyslog", size => RsyslogScenarios.FiveKept(size, 200_000)),
        new("rsyslog-rename-five-slow", "the same with rsyslog, at 20,000 lines/s", size => RsyslogScenarios.FiveKept(size, RsyslogScenarios.BearableRate)),
        new("deleted-unread", "five files kept while nothing can be read: bucks down, spool full, 16 handles", RotationScenarios.DeletedUnread),
        new("copytruncate", "60 rotations by copytruncate, one a second, at 40,000 lines/s", RotationScenarios.CopyTruncate),
        new("rsyslog-copytruncate", "the same with rsyslog", RsyslogScenarios.CopyTruncate),
        new("kills", "20 kills -9 of the agent at 300,000 lines/s", KillScenarios.TwentyKills),
        new("rsyslog-kills", "the same with rsyslog, its queue disk-assisted", size => RsyslogScenarios.TwentyKills(size, RsyslogSettings.DiskAssisted, 300_000, rotate: true)),
        new("rsyslog-kills-slow", "the same at 20,000 lines/s", size => RsyslogScenarios.TwentyKills(size, RsyslogSettings.DiskAssisted, RsyslogScenarios.BearableRate, rotate: true)),
        new("rsyslog-kills-one-file", "the same at 20,000 lines/s into one file", size => RsyslogScenarios.TwentyKills(size, RsyslogSettings.DiskAssisted, RsyslogScenarios.BearableRate, rotate: false)),
        new("rsyslog-kills-disk", "the same at 20,000 lines/s into one file, its queue on disk", size => RsyslogScenarios.TwentyKills(size, RsyslogSettings.OnDisk, RsyslogScenarios.BearableRate, rotate: false)),
        new("kills-minute", "kills of the agent every 0.1 to 2 s for a minute at 100,000 lines/s", KillScenarios.KillsForAMinute),
        new("rsyslog-kills-minute", "the same with rsyslog, its queue disk-assisted, at 20,000 lines/s", RsyslogScenarios.KillsForAMinute),
        new("bucks", "two of three bucks killed, then the third", KillScenarios.BothBucks),
        new("agent-disk", "the disk of the agent's state full and freed", FullDiskScenarios.AgentState),
        new("buck-disk", "the disks of two of three bucks full and freed", FullDiskScenarios.BuckData),
        new("buck-disks", "bucks with two disks each: one full and freed, one gone from its mount point and back; kills -9 in between", BuckDisksScenario.Run),
    ];
}
