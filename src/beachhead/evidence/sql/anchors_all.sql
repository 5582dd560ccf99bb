SELECT indicator, low, high FROM anchors ORDER BY indicator
