using System.Collections.Frozen;
using System.Globalization;

namespace DevOpsAI.Connections.Identity;

/// <summary>
/// What stands where an identifier should and identifies nothing: what makers leave in the firmware, what vendors put for nothing, and
/// network addresses that many machines share. Gathered from what inventory tools pass over (OCS Inventory, GLPI, FusionInventory).
/// </summary>
internal static class JunkIdentifiers
{
    /// <summary>The shortest serial number that tells machines of different makers apart.</summary>
    private const int MinSerial = 5;

    /// <summary>In capitals, letters and digits only.</summary>
    private static readonly FrozenSet<string> Serials = new[]
    {
        "TOBEFILLEDBYOEM", "TOBEFILLEDBYO", "OEM", "OEMSERIAL", "DEFAULT", "DEFAULTSTRING", "SYSTEMSERIALNUMBER", "SYSTEMSERIALNUMB",
        "CHASSISSERIALNUMBER", "BASEBOARDSERIALNUMBER", "BOARDSERIALNUMBER", "SERIALNUMBER", "SERIAL", "INVALID", "NONE", "NULL",
        "NULLSTRING", "NA", "NOTAVAILABLE", "NOTAPPLICABLE", "NOTSPECIFIED", "NOTDEFINED", "NOTSET", "NOTPRESENT", "NOTSUPPORTED", "NOT",
        "UNKNOWN", "UNKNOW", "UNSPECIFIED", "UNDEFINED", "EMPTY", "EVAL", "IATPASS", "TULIPCOMPUTERS", "BSN12345678901234567",
        "SYS1234567890", "SYS9876543210", "SN12345", "SN1234567890", "SN123456FVGV3I0B8O5N6N7K", "MB1234567890", "CHASSIS1234567890",
        "TEST", "TESTSERIAL", "SAMPLE", "STANDARD", "VIRTUAL", "VIRTUALMACHINE", "ASSETTAG", "NOASSETTAG", "NOASSETINFORMATION",
        "SERIALNUMBERXXXXXX", "QEMU", "KVM", "XEN", "VBOX", "0123456789ABCDEF", "NUMBER", "FILLEDBYOEM", "TOBEFILLED", "NODATA",
        // The identifier of a whole series of mainboards, and of an image that was never made anew.
        "03000200040005000006000700080009", "12345678123456789012123456789012", "4C4C454400002010802080C04F202020",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What hypervisors make up goes with the image when a machine is cloned.</summary>
    private static readonly string[] CopiedPrefixes = ["VMWARE", "PARALLELS", "TOBEFILLED"];

    /// <summary>Of adapters that are not hardware, and of whole series that came with one address.</summary>
    private static readonly FrozenSet<string> Macs = new[]
    {
        "000000000000", "FFFFFFFFFFFF", "444553540000", "444553540001", "44455354616F", "005345000000", "505054503030", "33506F453030",
        "204153594EFF", "00E006095566", "0001027D9B1C", "0008A1460635", "0008A166E21A", "0009DD103768", "000FEA9AE2F0", "00105A7271F3",
        "00111185088B", "101111111111", "8000600FE800", "005056C00001", "005056C00008", "00059A3C7A00", "001C42000008", "001C42000009",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Makers whose network cards are mostly in docking stations and adapters that people carry from desk to desk.</summary>
    private static readonly FrozenSet<string> TravelingMakers = new[]
    {
        "00E04C", // Realtek's own: USB adapters of many brands
        "0050B6", // Good Way, inside docking stations
        "00249B", // Action Star, inside docking stations
        "0C3796", // Bizlink
        "9CEBE8", // Bizlink, inside docking stations
        "A0CEC8", // CE Link
        "3C18A0", // Luxshare
        "F8E43B", // ASIX
        "000EC6", // ASIX
        "8CAE4C", // Plugable
        "E04F43", // Universal Global Scientific, docking stations
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="serial">In capitals, letters and digits only.</param>
    public static bool IsSerial(string serial) =>
        serial.Length < MinSerial || Serials.Contains(serial) || serial.Distinct().Count() == 1 || IsCounted(serial)
        || CopiedPrefixes.Any(prefix => serial.StartsWith(prefix, StringComparison.Ordinal));

    /// <param name="mac">Twelve hexadecimal digits in capitals.</param>
    public static bool IsMac(string mac)
    {
        var first = int.Parse(mac.AsSpan(0, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        // The lowest bit says that it is for many, the next that it was made up on the spot, as by phones, containers and hypervisors.
        return (first & 0b11) != 0 || Macs.Contains(mac) || TravelingMakers.Contains(mac[..6]) || mac.Distinct().Count() == 1;
    }

    /// <summary><c>123456789</c>, <c>0123456789</c>, <c>1234567000</c> and their like.</summary>
    private static bool IsCounted(string text)
    {
        if (!text.All(char.IsAsciiDigit))
            return false;
        var counted = text.TrimEnd('0') is { Length: >= 4 } head ? head : text;
        return counted.Skip(1).Zip(counted, static (next, before) => (next - before + 10) % 10 == 1).All(static one => one);
    }
}
