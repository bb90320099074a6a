namespace Tailer.Wire;

/// <summary>
/// The one place that says which role may send which message, and how long it may be. The table is in
/// docs/formats/messages.md (keep in sync).
/// </summary>
internal static class MessageRules
{
    private const RoleSet Senders = RoleSet.Agent | RoleSet.Porter | RoleSet.Operator;
    private const RoleSet Readers = RoleSet.Porter | RoleSet.Archie | RoleSet.Operator;
    private const RoleSet Keepers = RoleSet.Porter | RoleSet.Operator;
    private const int SmallBytesMax = 4096;

    private readonly record struct Rule(RoleSet Roles, int BodyBytesMax);

    private static readonly Rule[] Rules = MakeRules();

    public static bool IsKnown(int type) => (uint)type < (uint)Rules.Length && Rules[type].BodyBytesMax > 0;

    public static bool MaySend(Role role, MessageType type) => Rules[(int)type].Roles.Contains(role);

    public static int BodyBytesMax(MessageType type) => Rules[(int)type].BodyBytesMax;

    private static Rule[] MakeRules()
    {
        var rules = new Rule[256];
        void Set(MessageType type, RoleSet roles, int bodyBytesMax) => rules[(int)type] = new Rule(roles, bodyBytesMax);

        Set(MessageType.Append, Senders, WireLimits.FrameBytesMax + Append.HeadBytes);
        Set(MessageType.Manifest, Senders, WireLimits.FrameBytesMax + Manifest.HeadBytes);
        Set(MessageType.Heartbeat, RoleSet.Agent, 64 << 10);
        Set(MessageType.Goodbye, RoleSet.Agent | RoleSet.Operator, SmallBytesMax);

        Set(MessageType.Want, Keepers | RoleSet.Buck, SmallBytesMax + (WireLimits.IdsMax * 16));
        Set(MessageType.ListBuckets, Readers, SmallBytesMax);
        Set(MessageType.List, Readers, SmallBytesMax);
        Set(MessageType.Read, Readers, SmallBytesMax + (WireLimits.IdsMax * 16) + (WireLimits.PositionsMax * 12));
        Set(MessageType.Search, Readers, SmallBytesMax + WireLimits.QueryBytesMax);
        Set(MessageType.Cancel, Readers, SmallBytesMax);
        Set(MessageType.Credit, Readers, SmallBytesMax);
        Set(MessageType.Prune, Keepers, SmallBytesMax);
        Set(MessageType.Lease, Keepers, SmallBytesMax);
        Set(MessageType.ListDamaged, Keepers, SmallBytesMax);

        Set(MessageType.Ack, RoleSet.Buck, SmallBytesMax);
        Set(MessageType.Nack, RoleSet.Buck, SmallBytesMax);
        Set(MessageType.Interest, RoleSet.Buck, SmallBytesMax);
        Set(MessageType.WantPassed, RoleSet.Buck, SmallBytesMax);
        Set(MessageType.Buckets, RoleSet.Buck, SmallBytesMax + (WireLimits.BucketsMax * BucketListing.BytesMax));
        Set(MessageType.RecordList, RoleSet.Buck, WireLimits.BatchBytesMax);
        Set(MessageType.Records, RoleSet.Buck, WireLimits.BatchBytesMax);
        Set(MessageType.Pruned, RoleSet.Buck, SmallBytesMax);
        Set(MessageType.Damaged, RoleSet.Buck, SmallBytesMax + (WireLimits.IdsMax * DamagedRecord.Bytes));
        Set(MessageType.Result, RoleSet.Buck, WireLimits.BatchBytesMax);
        Set(MessageType.End, RoleSet.Buck, SmallBytesMax);
        Set(MessageType.Leased, RoleSet.Buck, SmallBytesMax);

        Set(MessageType.Ping, RoleSet.All, SmallBytesMax);
        Set(MessageType.Pong, RoleSet.All, SmallBytesMax);
        Set(MessageType.Error, RoleSet.All, SmallBytesMax);
        return rules;
    }
}
