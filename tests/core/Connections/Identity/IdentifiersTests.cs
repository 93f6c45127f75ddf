using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;

namespace DevOpsAI.Tests.Core.Connections.Identity;

/// <summary>What stands where an identifier should and identifies nothing is left out.</summary>
public sealed class IdentifiersTests
{
    [Theory]
    [InlineData("To be filled by O.E.M.")]
    [InlineData("To Be Filled By O.E.M. To Be Filled By O.E.M.")]
    [InlineData("Default string")]
    [InlineData("System Serial Number")]
    [InlineData("Chassis Serial Number")]
    [InlineData("0")]
    [InlineData("00000000")]
    [InlineData("None")]
    [InlineData("N/A")]
    [InlineData("(null string)")]
    [InlineData("Not Specified")]
    [InlineData("123456789")]
    [InlineData("0123456789")]
    [InlineData("123456789000")]
    [InlineData("12345678901234567")]
    [InlineData("SYS-1234567890")]
    [InlineData("xxxxxxxxxxx")]
    [InlineData("VMware-56 4d 8a 2f 11 22 33 44-55 66 77 88 99 aa bb cc")]
    [InlineData("Parallels-12 34 56 78")]
    [InlineData("03000200-0400-0500-0006-000700080009")]
    [InlineData("  ")]
    [InlineData("…")]
    public void Junk_is_no_serial_number(string text) => Identifiers.ForSerial(text).ShouldBeNull();

    [Theory]
    [InlineData("CZC1234ABC")]
    [InlineData("5CG9381X7T")]
    [InlineData("PF-2XK9QZ")]
    [InlineData("7H2XKQ1")]
    [InlineData("12347890")]
    [InlineData("8765-4321-1122-3344-5566-7788-99")]
    public void A_serial_number_is_one_however_it_is_written(string text)
    {
        var serial = Identifiers.ForSerial(text).ShouldNotBeNull();
        Identifiers.ForSerial($" {text.ToLowerInvariant()} ").ShouldBe(serial);
    }

    [Theory]
    [InlineData("00:00:00:00:00:00")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("01:00:5e:00:00:fb")]
    [InlineData("02:42:ac:11:00:02")]
    [InlineData("DA:A1:19:00:11:22")]
    [InlineData("44-45-53-54-00-00")]
    [InlineData("0050.56c0.0008")]
    [InlineData("9C:EB:E8:12:34:56")]
    [InlineData("00:E0:4C:68:00:01")]
    [InlineData("10.20.0.5")]
    [InlineData("")]
    public void What_does_not_stay_with_a_machine_is_no_network_address(string text) => Identifiers.ForMac(text).ShouldBeNull();

    [Fact]
    public void A_network_address_is_the_same_in_each_way_of_writing() =>
        new[] { "D4:BE:D9:11:22:33", "d4-be-d9-11-22-33", "d4be.d911.2233" }.Select(Identifiers.ForMac).Distinct()
            .ShouldHaveSingleItem().ShouldBe(new Identifier(IdentifierKind.Mac, "D4BED9112233"));

    [Fact]
    public void What_a_vendor_tells_becomes_identifiers_and_nothing_else_does()
    {
        var target = new Target("contoso-halopsa", "device", "88", "SRV-01", "Contoso Ltd");
        Identifiers.For(target, new Dictionary<string, string>
        {
            ["device.serial"] = "CZC1234ABC",
            ["device.mac"] = "D4:BE:D9:11:22:33, 02:42:ac:11:00:02",
            ["device.entraId"] = "{6F9619FF-8B86-D011-B42D-00C04FC964FF}",
            ["device.ninjaone.id"] = "7",
            ["device.datto-rmm.id"] = "0",
            ["device.online"] = "true",
            ["disk.C.freePercent"] = "6",
        }).ShouldBe(
        [
            new(IdentifierKind.Name, "SRV-01"), new(IdentifierKind.Serial, "CZC1234ABC"), new(IdentifierKind.Mac, "D4BED9112233"),
            new(IdentifierKind.EntraId, "6f9619ff-8b86-d011-b42d-00c04fc964ff"), new(IdentifierKind.VendorId, "ninjaone:7"),
        ], ignoreOrder: true);
    }
}
