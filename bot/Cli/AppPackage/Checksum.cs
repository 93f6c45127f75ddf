namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>CRC-32, which both zip and PNG files carry.</summary>
internal static class Checksum
{
    public static uint For(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ (0xEDB88320 & (0 - (sum & 1)));
        }
        return ~sum;
    }
}
