using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>What the bot does with witnesses that answer as they should, and with those that lie, hang, forget or are away.</summary>
public sealed class WitnessRoundsTests : IDisposable
{
    private const string Origin = "test/contoso";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("rounds-").FullName;
    private readonly ManualClock clock = new();
    private readonly TestKey log = new(Origin);
    private readonly TestKey own = new("witness.example");
    private readonly MemoryArchive archive = new(Contoso);
    private readonly MemoryDocuments documents = new();
    private readonly CheckpointStatus status = new();
    private readonly LedgerTree tree;
    private readonly TenantCheckpoints tenantCheckpoints;
    private readonly Wire wire;
    private WitnessStore store;

    public WitnessRoundsTests()
    {
        tree = new(archive, documents);
        tenantCheckpoints = Keeper();
        store = new(Path.Combine(folder, "witness"));
        wire = new(Honest) { Newest = origin => store.Read(origin) is { } kept ? Reply(HttpStatusCode.OK, kept.ToString()) : null };
    }

    private WitnessRounds Rounds => GetRounds(Client(wire));

    [Fact]
    public async Task Each_checkpoint_is_cosigned_with_one_request_that_proves_what_is_new()
    {
        foreach (var size in new[] { 5, 6, 130 })
        {
            await GrowAsync(size);
            (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue();
            tenantCheckpoints.Newest.ShouldNotBeNull().Note.Verify([log.Verifier, own.Witness]).Signers.Count.ShouldBe(2);
        }
        wire.Sent.Select(static body => body.Split('\n')[0]).ShouldBe(["old 0", "old 5", "old 6"]);
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue();
        wire.Sent.Count.ShouldBe(3, "what is cosigned is not asked again");
        status.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was_and_without_its_memory_the_witness_says_where()
    {
        await GrowAsync(40);
        await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel);
        await GrowAsync(50);
        using var restarted = Keeper();
        await restarted.SignAsync(Cancel);
        (await Rounds.GoAsync(restarted, Contoso, Cancel)).ShouldBeTrue();
        await documents.DeleteAsync(DocumentScope.From(Contoso), "witness", own.Witness.Id.ToString("x8"), Cancel);
        await GrowAsync(60);
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue();
        wire.Sent.Select(static body => body.Split('\n')[0]).ShouldBe(["old 0", "old 40", "old 0", "old 50"]);
        tenantCheckpoints.Newest.ShouldNotBeNull().Note.Signatures.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_witness_that_was_restarted_goes_on_and_one_that_lost_its_memory_begins_anew()
    {
        await GrowAsync(20);
        await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel);
        store.Dispose();
        store = new(Path.Combine(folder, "witness"));
        await GrowAsync(30);
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue();
        store.Dispose();
        store = new(Path.Combine(folder, "another"));
        await GrowAsync(40);
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue();
        wire.Sent.Select(static body => body.Split('\n')[0]).ShouldBe(["old 0", "old 20", "old 30", "old 0"]);
        status.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_witness_that_has_seen_more_than_there_is_tells_of_a_lost_end()
    {
        await GrowAsync(20);
        wire.Answer = _ => Conflict("90\n");
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue("asking again soon changes nothing");
        wire.Sent.Count.ShouldBe(1);
        status.Problems["contoso witness.example"].ShouldContain("it has cosigned 90 entries, but the ledger has 20: its end is missing");
    }

    [Fact]
    public async Task A_witness_that_has_seen_another_history_tells_of_a_fork()
    {
        await GrowAsync(20);
        await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel);
        using var forked = new Fork(archive, log, Path.Combine(folder, "fork"));
        await forked.GrowAsync(30);
        (await new WitnessRounds([Client(wire)], forked.Tree, documents, status, NullLogger<WitnessRounds>.Instance).GoAsync(
            forked.Keeper, Contoso, Cancel)).ShouldBeTrue();
        status.Problems["contoso witness.example"].ShouldContain("the ledger was changed or replaced");
        forked.Keeper.Newest.ShouldNotBeNull().Note.Signatures.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("7\n")]
    [InlineData("0\n")]
    public async Task A_witness_that_keeps_naming_other_sizes_is_not_asked_for_ever(string size)
    {
        await GrowAsync(20);
        wire.Answer = _ => Conflict(size);
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeFalse();
        wire.Sent.Count.ShouldBe(2);
        status.Problems["contoso witness.example"].ShouldBe("it keeps naming another size");
    }

    [Theory]
    [InlineData("-1\n")]
    [InlineData("07\n")]
    [InlineData("99999999999999999999\n")]
    [InlineData("twenty\n")]
    [InlineData("")]
    public async Task A_conflict_without_a_size_is_no_size(string body)
    {
        await GrowAsync(20);
        wire.Answer = _ => Conflict(body);
        await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel);
        wire.Sent.Count.ShouldBe(1);
        status.Problems.Keys.ShouldContain("contoso witness.example");
    }

    [Fact]
    public async Task A_signature_over_anything_else_is_not_kept()
    {
        await GrowAsync(20);
        var text = tenantCheckpoints.Newest.ShouldNotBeNull().Note.Text;
        using var stranger = new TestKey("witness.example");
        using var otherName = new TestKey("other.example");
        var smaller = new Checkpoint(Origin, 19, new byte[32]).ToText();
        var elsewhere = text.Replace("contoso", "fabrikam", StringComparison.Ordinal);
        string[] bad =
        [
            stranger.Cosign(text, 1).ToString(),
            otherName.Cosign(text, 1).ToString(),
            own.Cosign(smaller, 1).ToString(),
            own.Cosign(elsewhere, 1).ToString(),
            // Valid over a longer text that begins like ours, and would spoil our note for every reader.
            $"extra\n\n{own.Cosign($"{text}\nextra\n", 1)}",
            $"{text}\n{own.Cosign(text, 1)}",
            own.Cosign(text, 1).ToString() + own.Cosign(smaller, 1),
            own.Cosign(text, 1).ToString()[..^1],
            own.Cosign(text, 1).ToString().Replace("\n", "\r\n", StringComparison.Ordinal),
            "", "\n", "ok\n", new string('x', 100_000),
        ];
        foreach (var body in bad)
        {
            wire.Answer = _ => Reply(HttpStatusCode.OK, body);
            (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeFalse(body.Length > 200 ? "long" : body);
            tenantCheckpoints.Newest.Note.Signatures.ShouldHaveSingleItem();
            tenantCheckpoints.Newest.Note.Verify([log.Verifier, own.Witness]).Problem.ShouldBeNull();
            status.Problems["contoso witness.example"].ShouldStartWith("its answer ");
        }
        documents.Keys.ShouldNotContain(static key => key.Kind == "witness", "nothing is remembered of what was not cosigned");
        wire.Answer = Honest;
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue();
        status.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "it does not know test/contoso", true)]
    [InlineData(HttpStatusCode.Forbidden, "it does not know the key that signed", true)]
    [InlineData(HttpStatusCode.UnprocessableEntity, "the ledger was changed or replaced", true)]
    [InlineData(HttpStatusCode.InternalServerError, "it answered 500: the disk is full", false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "it answered 503", false)]
    [InlineData(HttpStatusCode.TooManyRequests, "it answered 429", false)]
    public async Task Refusals_say_what_to_do_and_failures_are_tried_again(HttpStatusCode code, string problem, bool settled)
    {
        await GrowAsync(20);
        wire.Answer = _ => Reply(code, "the disk is full\n");
        (await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBe(settled);
        status.Problems["contoso witness.example"].ShouldContain(problem);
    }

    [Fact]
    public async Task A_witness_that_is_down_hangs_or_stops_in_midst_of_its_answer_holds_up_no_other()
    {
        await GrowAsync(20);
        using var second = new TestKey("second.example");
        var secondWire = new Wire(_ => Reply(HttpStatusCode.OK, second.Cosign(tenantCheckpoints.Newest!.Note.Text, 1).ToString()));
        var good = new WitnessClient(new HttpClient(secondWire) { Timeout = Timeout.InfiniteTimeSpan }, new("http://second.example/"),
            second.Witness);
        foreach (var trouble in new[] { Trouble.Down, Trouble.Hangs, Trouble.StopsMidway, Trouble.NeverEnds })
        {
            wire.Trouble = trouble;
            (await GetRounds(Client(wire, TimeSpan.FromMilliseconds(300)), good).GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeFalse(
                $"{trouble}");
            tenantCheckpoints.Newest.ShouldNotBeNull().Note.Verify([second.Witness]).Problem.ShouldBeNull($"{trouble}");
            status.Problems.Keys.ShouldContain("contoso witness.example");
        }
        secondWire.Sent.Count.ShouldBe(1);
        wire.Trouble = Trouble.None;
        (await GetRounds(Client(wire), good).GoAsync(tenantCheckpoints, Contoso, Cancel)).ShouldBeTrue();
        tenantCheckpoints.Newest.ShouldNotBeNull().Note.Signatures.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Stopping_the_bot_stops_waiting_for_a_witness()
    {
        await GrowAsync(20);
        wire.Trouble = Trouble.Hangs;
        using var stop = new CancellationTokenSource();
        var going = Rounds.GoAsync(tenantCheckpoints, Contoso, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(going);
        status.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(40, false, null)]
    [InlineData(41, false, null)]
    [InlineData(39, false, "as after an old backup")]
    [InlineData(41, true, "as after an old backup")]
    public async Task At_a_start_a_witness_that_has_seen_more_or_something_else_holds_execution(int size, bool changed, string? held)
    {
        await GrowAsync(40);
        await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel);
        if (size < 40)
            archive.Bodies.RemoveRange(size, 40 - size);
        else if (size > 40)
            archive.Bodies.Add([1]);
        if (changed)
            archive.Bodies[7] = [9];
        using var start = Start(Client(wire));
        start.GetDelayReason(Contoso).ShouldNotBeNull("nobody has been asked");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = start.AskUntilClearAsync(Contoso, stop.Token);
        if (held is null)
        {
            await asking;
            start.GetDelayReason(Contoso).ShouldBeNull();
            status.Problems.ShouldBeEmpty();
            return;
        }
        while (clock.Sleepers == 0)
            await Task.Yield();
        start.GetDelayReason(Contoso).ShouldNotBeNull().ShouldContain(held);
        status.Problems.ShouldHaveSingleItem();
        await stop.CancelAsync();
        await asking;
        using var accepted = Start(Client(wire), acceptLoss: true);
        await accepted.AskUntilClearAsync(Contoso, Cancel);
        accepted.GetDelayReason(Contoso).ShouldBeNull();
    }

    [Fact]
    public async Task At_a_start_a_witness_that_is_away_holds_execution_for_a_while()
    {
        await GrowAsync(5);
        wire.Trouble = Trouble.Down;
        using var start = Start(Client(wire));
        var asking = start.AskUntilClearAsync(Contoso, Cancel);
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromMinutes(4); waited += TimeSpan.FromSeconds(10))
        {
            while (clock.Sleepers == 0)
                await Task.Yield();
            start.GetDelayReason(Contoso).ShouldNotBeNull().ShouldContain("have not answered yet");
            clock.Advance(TimeSpan.FromSeconds(10));
        }
        await clock.PassUntilAsync(() => asking.IsCompleted, TimeSpan.FromSeconds(10), Cancel);
        start.GetDelayReason(Contoso).ShouldBeNull();
    }

    [Fact]
    public async Task At_a_start_a_witness_that_knows_nothing_of_a_ledger_holds_nothing()
    {
        await GrowAsync(5);
        using var start = Start(Client(wire));
        await start.AskUntilClearAsync(Contoso, Cancel);
        start.GetDelayReason(Contoso).ShouldBeNull();
        using var none = Start();
        none.GetDelayReason(Contoso).ShouldBeNull("there is nobody to ask");
    }

    [Fact]
    public async Task A_ledger_that_was_changed_is_not_taken_to_a_witness()
    {
        await GrowAsync(20);
        await Rounds.GoAsync(tenantCheckpoints, Contoso, Cancel);
        await GrowAsync(30);
        archive.Bodies[3][0] ^= 1;
        await Should.ThrowAsync<LedgerTreeException>(() => GetRounds(Client(wire)).GoAsync(tenantCheckpoints, Contoso, Cancel));
        wire.Sent.Count.ShouldBe(1);
    }

    public void Dispose()
    {
        tenantCheckpoints.Dispose();
        store.Dispose();
        log.Dispose();
        own.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private TenantCheckpoints Keeper() => new(
        Contoso, Origin, tree, new(documents), new(documents), log, new(new(Path.Combine(folder, "checkpoints"))));

    private WitnessRounds GetRounds(params WitnessClient[] witnesses) =>
        new(witnesses, tree, documents, status, NullLogger<WitnessRounds>.Instance);

    private WitnessedStart Start(WitnessClient? witness = null, bool acceptLoss = false) => new(
        witness is null ? [] : [witness], static _ => Origin, tree, new OneTenant(), status,
        new(TimeSpan.FromMinutes(5), acceptLoss), clock, NullLogger<WitnessedStart>.Instance);

    private WitnessClient Client(Wire through, TimeSpan? timeout = null) => new(
        new HttpClient(through, disposeHandler: false) { Timeout = timeout ?? Timeout.InfiniteTimeSpan }, new("http://witness.example/"),
        own.Witness);

    private async Task GrowAsync(int size)
    {
        while (archive.Bodies.Count < size)
            archive.Bodies.Add(BitConverter.GetBytes(archive.Bodies.Count));
        await tenantCheckpoints.SignAsync(Cancel);
    }

    private HttpResponseMessage Honest(string body)
    {
        var witness = new Witness("witness.example", own, [log.Verifier], store, clock);
        var reply = witness.AddAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None).GetAwaiter().GetResult();
        return Reply((HttpStatusCode)reply.Status, reply.Body, reply.MediaType);
    }

    private static HttpResponseMessage Conflict(string size) => Reply(HttpStatusCode.Conflict, size, AddCheckpoint.SizeMediaType);

    private static HttpResponseMessage Reply(HttpStatusCode status, string body, string mediaType = "text/plain") =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType)) };

    private sealed class OneTenant : ITenantDirectory
    {
        public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON")];

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => null;
    }

    private enum Trouble { None, Down, Hangs, StopsMidway, NeverEnds }

    /// <summary>The way to a witness.</summary>
    private sealed class Wire(Func<string, HttpResponseMessage> result) : HttpMessageHandler
    {
        public List<string> Sent { get; } = [];

        public Func<string, HttpResponseMessage> Answer { get; set; } = result;

        public Trouble Trouble { get; set; }

        public Func<string, HttpResponseMessage?>? Newest { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get && Trouble == Trouble.None)
                return Newest?.Invoke(request.RequestUri!.AbsolutePath["/checkpoint/".Length..]) ?? new(HttpStatusCode.NotFound);
            if (request.Method == HttpMethod.Post)
                request.RequestUri!.AbsolutePath.ShouldBe("/add-checkpoint");
            switch (Trouble)
            {
                case Trouble.Down: throw new HttpRequestException("Connection refused");
                case Trouble.Hangs: await Task.Delay(Timeout.Infinite, cancellationToken); break;
                case Trouble.StopsMidway: return new(HttpStatusCode.OK) { Content = new StreamContent(new Trickle(8)) };
                case Trouble.NeverEnds: return new(HttpStatusCode.OK) { Content = new StreamContent(new Trickle(long.MaxValue)) };
            }
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Sent.Add(body);
            return Answer(body);
        }
    }

    /// <summary>Gives so many bytes and then nothing more, without an end.</summary>
    private sealed class Trickle(long length) : Stream
    {
        private long given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => given; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (given >= length)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            var count = (int)Math.Min(buffer.Length, length - given);
            given += count;
            buffer.Span[..count].Fill((byte)'x');
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Another history of the same ledger, signed with the true key.</summary>
    private sealed class Fork : IDisposable
    {
        private readonly MemoryArchive archive = new(Contoso);

        public Fork(MemoryArchive original, TestKey log, string folder)
        {
            archive.Bodies.AddRange(original.Bodies.Select(static body => body.ToArray()));
            archive.Bodies[2][0] ^= 1;
            var documents = new MemoryDocuments();
            Tree = new(archive, documents);
            Keeper = new(Contoso, Origin, Tree, new(documents), new(documents), log, new(new(folder)));
        }

        public LedgerTree Tree { get; }

        public TenantCheckpoints Keeper { get; }

        public async Task GrowAsync(int size)
        {
            while (archive.Bodies.Count < size)
                archive.Bodies.Add(BitConverter.GetBytes(archive.Bodies.Count));
            await Keeper.SignAsync(Cancel);
        }

        public void Dispose() => Keeper.Dispose();
    }
}
