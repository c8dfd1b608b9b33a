using System.Collections.Concurrent;

namespace CowansDashboard.Tests.Support;

/// <summary>
/// A clock that stands still until it is moved. <see cref="Simulate"/> runs asynchronous code on one thread and moves the clock to the
/// next timer whenever nothing else is left to do, so that hours pass in milliseconds and always in the same order.
/// </summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<Alarm, (long Due, long Order)> alarms = new();
    private readonly DateTimeOffset began;
    private long ticks;
    private long order;

    public ManualClock()
        : this(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public ManualClock(DateTimeOffset now) => began = now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => began.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Moves the time, ringing every timer on the way at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        var until = GetTimestamp() + by.Ticks;
        while (Next(until) is { } alarm)
        {
            alarm.Ring();
        }

        Interlocked.Exchange(ref ticks, until);
    }

    /// <summary>Runs code to its end in simulated time.</summary>
    public T Simulate<T>(Func<Task<T>> code)
    {
        var before = SynchronizationContext.Current;
        var room = new OneThread();
        SynchronizationContext.SetSynchronizationContext(room);
        try
        {
            var running = code();
            var idle = 0;
            while (!running.IsCompleted)
            {
                if (room.RunOne(TimeSpan.Zero))
                {
                    idle = 0;
                }
                else if (Next(long.MaxValue) is { } alarm)
                {
                    idle = 0;
                    alarm.Ring();
                }
                else if (!room.RunOne(TimeSpan.FromMilliseconds(10)) && ++idle > 1000)
                {
                    throw new InvalidOperationException("The code waits for something that will never happen.");
                }
            }

            return running.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public void Simulate(Func<Task> code) => Simulate(async () =>
    {
        await code();
        return true;
    });

    private Alarm? Next(long until)
    {
        lock (gate)
        {
            while (alarms.TryPeek(out var alarm, out var at) && at.Due <= until)
            {
                alarms.Dequeue();
                if (alarm.IsSetFor(at.Order))
                {
                    Interlocked.Exchange(ref ticks, Math.Max(ticks, at.Due));
                    return alarm;
                }
            }

            return null;
        }
    }

    private sealed class Alarm(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private long setting = -1;
        private TimeSpan repeat;

        public bool IsSetFor(long number) => setting == number;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                repeat = period;
                setting = -1;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    setting = clock.order++;
                    clock.alarms.Enqueue(this, (clock.GetTimestamp() + dueTime.Ticks, setting));
                }
            }

            return true;
        }

        public void Ring()
        {
            setting = -1;
            if (repeat > TimeSpan.Zero)
            {
                Change(repeat, repeat);
            }

            callback(state);
        }

        public void Dispose() => setting = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OneThread : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback Work, object? State)> queue = [];

        public override void Post(SendOrPostCallback d, object? state) => queue.Add((d, state));

        // Some code continues on the thread pool and comes back here a little later.
        public bool RunOne(TimeSpan atMost)
        {
            if (!queue.TryTake(out var next, atMost))
            {
                return false;
            }

            next.Work(next.State);
            return true;
        }
    }
}
