using System.Net;
using DevOpsAI.Bot.Webhooks;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Bot.Webhooks;

/// <summary>Who waits while a body is read before its sender is known, and who has to leave.</summary>
public sealed class IntakeGuardTests
{
    private static readonly IPAddress Flood = IPAddress.Parse("203.0.113.5");
    private static readonly IPAddress Vendor = IPAddress.Parse("198.51.100.7");

    [Fact]
    public void When_the_room_is_full_the_oldest_of_the_address_that_has_most_there_leaves()
    {
        var guard = Guard(perConnection: 6);
        var vendor = Arrive(guard, Vendor);
        var (first, second) = (Arrive(guard, Flood), Arrive(guard, Flood));
        (vendor.IsOut, first.IsOut, second.IsOut).ShouldBe((false, false, false), "three fit");

        var third = Arrive(guard, Flood);

        (vendor.IsOut, first.IsOut, second.IsOut, third.IsOut).ShouldBe((false, true, false, false));
    }

    [Fact]
    public void A_flood_pushes_only_itself_out_however_long_it_goes_on()
    {
        var guard = Guard(perConnection: 8);
        var vendor = Arrive(guard, Vendor);
        var flood = Enumerable.Range(0, 1_000).Select(_ => Arrive(guard, Flood)).ToList();
        vendor.IsOut.ShouldBeFalse();
        flood.Count(static one => !one.IsOut).ShouldBe(3);
        flood[^3..].ShouldAllBe(static one => !one.IsOut);
    }

    [Fact]
    public void A_flood_from_many_addresses_pushes_the_oldest_out()
    {
        var guard = Guard(perConnection: 4);
        var flood = Enumerable.Range(1, 10).Select(host => Arrive(guard, IPAddress.Parse($"203.0.113.{host}"))).ToList();
        flood.Select(static one => one.IsOut).ShouldBe([.. Enumerable.Repeat(true, 8), false, false]);
    }

    [Fact]
    public void Another_connection_has_a_room_of_its_own_and_all_together_one_of_half_the_places()
    {
        var guard = Guard(perConnection: 4, all: 6);
        var other = Arrive(guard, Flood, "other");
        var (first, second, third) = (Arrive(guard, Flood), Arrive(guard, Flood), Arrive(guard, Flood));
        (other.IsOut, first.IsOut, second.IsOut, third.IsOut).ShouldBe((false, true, false, false), "the connection's room holds two");

        var fourth = Arrive(guard, Flood, "third");

        (other.IsOut, second.IsOut, third.IsOut, fourth.IsOut).ShouldBe((true, false, false, false), "all rooms together hold three");
    }

    [Fact]
    public void Whoever_left_or_proved_itself_takes_no_room()
    {
        var guard = Guard(perConnection: 4);
        var (left, proved) = (Arrive(guard, Flood), Arrive(guard, Flood));
        left.Place.Dispose();
        proved.Place.TryEnter().ShouldBeTrue();
        var (first, second) = (Arrive(guard, Flood), Arrive(guard, Flood));
        (proved.IsOut, first.IsOut, second.IsOut).ShouldBe((false, false, false));
    }

    [Fact]
    public void Those_who_wait_take_no_place_of_those_who_are_known_nor_the_other_way_round()
    {
        var guard = Guard(perConnection: 2);
        var waiting = Arrive(guard, Flood);
        var places = Enumerable.Range(0, 3).Select(_ => guard.PlaceFor("contoso")).ToList();
        places.Select(static place => place.TryEnter()).ShouldBe([true, true, false]);
        waiting.IsOut.ShouldBeFalse();
        waiting.Place.TryEnter().ShouldBeFalse("both places are taken");
        places[0].Dispose();
        waiting.Place.TryEnter().ShouldBeTrue();
    }

    private static IntakeGuard Guard(int perConnection, int all = 1_000) =>
        new(Options.Create(new WebhookOptions { ConcurrentPerConnection = perConnection, Concurrent = all }));

    private static Arrived Arrive(IntakeGuard guard, IPAddress address, string connection = "contoso")
    {
        var place = guard.PlaceFor(connection);
        return new(place, place.Arrive(address));
    }

    private sealed record Arrived(IntakeGuard.QueuePlace Place, CancellationToken PushedOut)
    {
        public bool IsOut => PushedOut.IsCancellationRequested;
    }
}
