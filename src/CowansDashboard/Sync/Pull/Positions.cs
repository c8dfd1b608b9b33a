namespace CowansDashboard.Sync.Pull;

/// <summary>Counts the lines of each parent, from 1, also when lines of several parents are mixed.</summary>
public sealed class Positions
{
    private readonly Dictionary<long, int> _others = [];
    private long _parent;
    private int _position;

    public int Next(long parent)
    {
        if (parent == _parent)
            return ++_position;
        if (_parent != 0)
            _others[_parent] = _position;
        _parent = parent;
        _position = _others.GetValueOrDefault(parent) + 1;
        return _position;
    }
}
