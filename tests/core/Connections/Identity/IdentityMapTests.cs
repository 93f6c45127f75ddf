using System.Collections.Immutable;
using DevOpsAI.Connections.Identity;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Core.Connections.Identity;

/// <summary>Which records of one name are one device.</summary>
public sealed class IdentityMapTests
{
    private static readonly string[] Serials = ["", "CZC1234ABC", "5CG9381X7T"];
    private static readonly string[] Macs = ["", "D4BED9112233", "F0921C556677"];
    private static readonly string[] EntraIds = ["", "6f9619ff-8b86-d011-b42d-00c04fc964ff", "0e5a4c1e-7d0f-4b7e-9a53-1c2d3e4f5a6b"];

    private static readonly Gen<KnownTarget> Records =
        from connection in Gen.Choose(1, 4)
        from id in Gen.Choose(1, 2)
        from serial in Gen.Elements(Serials)
        from mac in Gen.Elements(Macs)
        from entra in Gen.Elements(EntraIds)
        from refers in Gen.Choose(0, 3)
        select Record($"c{connection}", $"{id}", serial, mac, entra, refers == 0 ? "vendor-c1:1" : "");

    private static readonly Arbitrary<KnownTarget[]> Cases =
        Records.ListOf(6).Select(static all => all.DistinctBy(static one => (one.Target.Connection, one.Target.Id)).ToArray()).ToArbitrary();

    private static KnownTarget Record(
        string connection, string id, string serial = "", string mac = "", string entra = "", string other = "", string name = "SRV-01")
    {
        var identifiers = new[]
        {
            Identifiers.ForName(name), new(IdentifierKind.Serial, serial), new(IdentifierKind.Mac, mac), new(IdentifierKind.EntraId, entra),
            new(IdentifierKind.VendorId, other),
        };
        return new(
            new(connection, "device", id, name, "Contoso Ltd"), $"vendor-{connection}",
            [.. identifiers.Where(static one => one.Value.Length > 0)]);
    }

    private static string Show(IEnumerable<KnownThing> things) => string.Join(
        " | ", things.Select(static thing => $"{string.Join(",", thing.Records.Select(static one => $"{one.Target.Connection}/{one.Target.Id}"))}"
            + $" {string.Join(" ", thing.Evidence)} {thing.IsByNameAlone}"));

    [Fact]
    public void The_order_of_the_sources_does_not_matter() => Prop.ForAll(Cases, static records =>
    {
        var expected = Show(IdentityMap.Group(records));
        Show(IdentityMap.Group(records.Reverse())).ShouldBe(expected);
        Show(IdentityMap.Group(records.OrderBy(static one => one.Target.Id).ThenBy(static one => one.GetHashCode()))).ShouldBe(expected);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Every_record_is_of_exactly_one_thing() => Prop.ForAll(Cases, static records =>
    {
        IdentityMap.Group(records).SelectMany(static thing => thing.Records).ShouldBe(records, ignoreOrder: true);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>Weaker evidence never joins what stronger parts, however many other records lie between.</summary>
    [Fact]
    public void Two_records_that_something_strong_parts_are_never_one_thing() => Prop.ForAll(Cases, static records =>
    {
        foreach (var thing in IdentityMap.Group(records))
        {
            foreach (var one in thing.Records)
            {
                thing.Records.ShouldAllBe(other => one == other || !Parted(one, other));
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static bool Parted(KnownTarget one, KnownTarget other) =>
        one.Target.Connection == other.Target.Connection
        || Values(one, IdentifierKind.Serial) is [var a] && Values(other, IdentifierKind.Serial) is [var b] && a != b
        || Values(one, IdentifierKind.EntraId) is [var c] && Values(other, IdentifierKind.EntraId) is [var d] && c != d;

    private static ImmutableArray<string> Values(KnownTarget one, IdentifierKind kind) =>
        [.. one.Identifiers.Where(identifier => identifier.Kind == kind).Select(static identifier => identifier.Value)];

    [Fact]
    public void A_serial_number_makes_one_device_of_two_records_and_says_so()
    {
        var thing = IdentityMap.Group([Record("halo", "88", Serials[1]), Record("ninja", "7", Serials[1])]).ShouldHaveSingleItem();
        thing.IsByNameAlone.ShouldBeFalse();
        thing.Evidence.ShouldBe(["7 in ninja is the device 88 in halo, by the same serial number CZC1234ABC."]);
    }

    [Fact]
    public void What_another_system_calls_it_makes_one_device_of_two_records() =>
        IdentityMap.Group([Record("halo", "88", other: "vendor-ninja:7"), Record("ninja", "7")]).ShouldHaveSingleItem()
            .Evidence.ShouldBe(["7 in ninja is the device 88 in halo, by the same vendor id vendor-ninja:7."]);

    [Fact]
    public void What_another_system_calls_another_is_another() =>
        IdentityMap.Group([Record("halo", "88", other: "vendor-ninja:8"), Record("ninja", "7")]).Length.ShouldBe(2);

    [Fact]
    public void Two_devices_of_one_name_with_different_serial_numbers_are_two_and_a_third_record_is_neither()
    {
        var things = IdentityMap.Group([Record("a", "1", Serials[1]), Record("b", "2", Serials[2]), Record("c", "3")]);
        things.Length.ShouldBe(3);
    }

    [Fact]
    public void A_docking_station_does_not_join_what_serial_numbers_part() =>
        IdentityMap.Group([Record("a", "1", Serials[1], Macs[1]), Record("b", "2", Serials[2], Macs[1])]).Length.ShouldBe(2);

    [Fact]
    public void What_agrees_in_one_strong_thing_and_differs_in_another_is_left_to_a_person() =>
        IdentityMap.Group([Record("a", "1", Serials[1], entra: EntraIds[1]), Record("b", "2", Serials[1], entra: EntraIds[2])])
            .Length.ShouldBe(2);

    [Fact]
    public void A_chain_whose_ends_are_different_is_broken_altogether() =>
        IdentityMap.Group(
            [Record("a", "1", Serials[1], Macs[1]), Record("b", "2", "", Macs[1], EntraIds[1]), Record("c", "3", Serials[2], "", EntraIds[1])])
            .Length.ShouldBe(3);

    [Fact]
    public void The_name_alone_joins_where_nothing_speaks_against_it_and_is_said_to() =>
        IdentityMap.Group([Record("a", "1"), Record("b", "2", Serials[1])]).ShouldHaveSingleItem().IsByNameAlone.ShouldBeTrue();

    [Fact]
    public void A_persons_word_counts_against_the_evidence_until_the_device_is_another()
    {
        var (one, other, same) = (Record("a", "1", Serials[1]), Record("b", "2", Serials[2]), Record("c", "3", Serials[1]));
        var said = new Confirmation([new("a", "1", Serials[1])], "Ana", 12);

        var thing = IdentityMap.Group([one, other, same], said).ShouldHaveSingleItem();
        thing.IsConfirmed.ShouldBeTrue();
        thing.Records.ShouldBe([one, same]);
        thing.Evidence[0].ShouldBe("Ana said which one is meant (entry 12).");

        IdentityMap.Group([Record("a", "1", Serials[2]), other], said).ShouldHaveSingleItem().IsConfirmed.ShouldBeFalse();
        IdentityMap.Group([other], said).ShouldHaveSingleItem().IsConfirmed.ShouldBeFalse();
    }
}
