#!/usr/bin/env node
'use strict';
// A node has many chunks open at once: their disk calls must not wait for each other.
require('./launch.cjs').launch('distrifs', 'distrifs', 16, ['master', 'datanode']);
